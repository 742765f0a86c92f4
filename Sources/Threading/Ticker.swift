public import Glibc
import Synchronization

/// Runs jobs at intervals on one thread of its own: the housekeeper of a process.
///
/// A job that takes long delays the others; none runs twice at once.
public final class Ticker: Sendable {
    /// Something that is done again and again.
    public struct Job: Sendable {
        let name: String
        let interval: Duration
        let run: @Sendable () -> Void

        /// - Parameters:
        ///   - name: for the log and for reading the list.
        ///   - interval: from the end of one run to the start of the next; the first run comes one interval after the start.
        ///   - run: the work. It reports its own errors.
        public init(_ name: String, every interval: Duration, run: @escaping @Sendable () -> Void) {
            self.name = name
            self.interval = interval
            self.run = run
        }
    }

    private let stopped = Mutex(false)
    private let wakeUp: CInt

    /// Starts the thread.
    ///
    /// - Throws: `ThreadError` when the system has no thread or descriptor to give.
    public init(jobs: [Job]) throws(ThreadError) {
        let wakeUp = eventfd(0, CInt(EFD_CLOEXEC.rawValue))
        guard wakeUp >= 0 else { throw ThreadError(code: errno) }
        self.wakeUp = wakeUp
        _ = try WorkerThread(name: "housekeeper") { [self] in loop(jobs) }
    }

    /// Ends the thread after the job that is running now. Returns at once.
    public func stop() {
        stopped.withLock { $0 = true }
        eventfd_write(wakeUp, 1)
    }

    private func loop(_ jobs: [Job]) {
        let clock = ContinuousClock()
        var due = jobs.map { clock.now + $0.interval }
        while !stopped.withLock({ $0 }), let next = due.min() {
            let wait = max(.zero, next - clock.now)
            var watched = pollfd(fd: wakeUp, events: Int16(POLLIN), revents: 0)
            _ = poll(&watched, 1, CInt(clamping: wait.components.seconds * 1000 + 1 + wait.components.attoseconds / 1_000_000_000_000_000))
            for index in jobs.indices where due[index] <= clock.now && !stopped.withLock({ $0 }) {
                jobs[index].run()
                due[index] = clock.now + jobs[index].interval
            }
        }
        close(wakeUp)
    }
}
