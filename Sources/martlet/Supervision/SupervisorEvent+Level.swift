import Logging

extension SupervisorEvent {
    /// How loudly the log says it.
    var level: Logger.Level {
        switch self {
        case .ready, .workerStarted, .reloading, .upgrading, .retiring, .stopping: .info
        case .workerEnded, .killed, .upgradeRefused: .warning
        case .workerNotStarted: .error
        }
    }
}
