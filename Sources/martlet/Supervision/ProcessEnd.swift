/// How a process ended, from the status of `waitpid(2)`.
enum ProcessEnd: Sendable, Equatable {
    /// By itself, with an exit status.
    case exited(status: Int32)
    /// By a signal.
    case killed(signal: Int32)

    /// - Parameter status: as `waitpid` stores it.
    init(status: Int32) {
        let signal = status & 0x7f
        self = signal == 0 ? .exited(status: (status >> 8) & 0xff) : .killed(signal: signal)
    }
}
