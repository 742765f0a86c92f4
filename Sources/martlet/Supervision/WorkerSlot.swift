import Glibc

/// The place of one worker: the process in it, or when the next one is started.
///
/// empty (due) → occupied → empty (due after a pause) → …
struct WorkerSlot {
    private static let shortestPause = Duration.milliseconds(100)
    private static let longestPause = Duration.seconds(10)
    /// A worker that lived so long was no failure at start.
    private static let goodLife = Duration.seconds(10)

    /// The worker; nil while the slot is empty.
    private(set) var process: pid_t?
    /// When the next worker is to be started; of no meaning while there is one.
    private(set) var due = ContinuousClock.now
    private var pause = shortestPause

    /// Whether a worker is to be started at `now`.
    func isDue(at now: ContinuousClock.Instant) -> Bool { process == nil && due <= now }

    /// A worker was started.
    mutating func occupy(with process: pid_t, at now: ContinuousClock.Instant) {
        self.process = process
        due = now
    }

    /// The worker ended, or did not start.
    ///
    /// - Returns: the pause until the next start: 0.1 s, doubled each time up to 10 s.
    mutating func vacate(at now: ContinuousClock.Instant) -> Duration {
        if process != nil, now - due >= Self.goodLife { pause = Self.shortestPause }
        process = nil
        defer { pause = min(pause * 2, Self.longestPause) }
        due = now + pause
        return pause
    }
}
