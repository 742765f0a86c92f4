/// What a supervisor has to tell its operator.
enum SupervisorEvent: Sendable, Equatable {
    /// A worker process runs.
    case workerStarted(process: Int32)
    /// A worker process ended by itself and is started again after a pause.
    case workerEnded(process: Int32, end: ProcessEnd, pause: Duration)
    /// The system refused to start a worker: the `errno`; it is tried again after a pause.
    case workerNotStarted(code: Int32, pause: Duration)
    /// The first worker accepts connections.
    case ready
    /// The workers were told to read their configuration again.
    case reloading
    /// The program is about to be replaced by its new version.
    case upgrading(program: String)
    /// The program was not replaced; the old version goes on.
    case upgradeRefused(reason: String)
    /// Workers of the version before were told to end their running requests and leave.
    case retiring(workers: Int)
    /// The workers were told to end their running requests and leave.
    case stopping
    /// So many workers did not leave in time.
    case killed(workers: Int)
}
