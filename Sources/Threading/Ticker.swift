import Glibc
import Synchronization

/// Runs jobs at intervals on one thread of its own: the housekeeper of a process.
///
/// A job that takes long delays the others; none runs twice at once.
public final class Ticker: Sendable {
    /// Something that is done again and again.
    public struct Job: Sendable {
        let interval: Duration
        let run: @Sendable () -> Void

        /// - Parameters:
        ///   - interval: from the end of one run to the start of the next, and before the first one.
        ///   - run: the work. It reports its own errors.
        public init(every interval: Duration, run: @escaping @Sendable () -> Void) {
            self.interval = interval
            self.run = run
        }
    }

    private let stopped = Mutex(false)
    private let wakeUp: (reading: CInt, writing: CInt)

    /// Starts the thread.
    ///
    /// - Throws: `ThreadError` when the system has no thread or descriptor to give.
    public init(jobs: [Job]) throws(ThreadError) {
        var ends: [CInt] = [-1, -1]
        guard pipe(&ends) == 0 else { throw ThreadError(code: errno) }
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        wakeUp = (reading: ends[0], writing: ends[1])
        _ = try WorkerThread(name: "housekeeper", isDetached: true) { [self] in loop(jobs) }
    }

    /// Ends the thread after the job that is running now.
    ///
    /// Returns at once. Call it once.
    public func stop() {
        stopped.withLock { $0 = true }
        // The loop holds the reading end: closing ours wakes it.
        close(wakeUp.writing)
    }

    private func loop(_ jobs: [Job]) {
        let clock = ContinuousClock()
        var due = jobs.map { clock.now + $0.interval }
        while !stopped.withLock({ $0 }), let next = due.min() {
            let wait = max(.zero, next - clock.now)
            var watched = pollfd(fd: wakeUp.reading, events: Int16(POLLIN), revents: 0)
            _ = poll(&watched, 1, CInt(clamping: Int(wait / .milliseconds(1)) + 1))
            for index in jobs.indices where due[index] <= clock.now && !stopped.withLock({ $0 }) {
                jobs[index].run()
                due[index] = clock.now + jobs[index].interval
            }
        }
        close(wakeUp.reading)
    }
}
