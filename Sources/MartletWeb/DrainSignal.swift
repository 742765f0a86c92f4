import Synchronization

/// Tells running requests that the process is about to leave, and until when they may go on.
///
/// Safe from any thread.
public final class DrainSignal: Sendable {
    private let end = Mutex<ContinuousClock.Instant?>(nil)

    /// Nothing has been said yet.
    public init() {}

    /// When running requests have to end; nil as long as nobody leaves.
    public var deadline: ContinuousClock.Instant? { end.withLock { $0 } }

    /// Whether the time is up.
    public var isOver: Bool { deadline.map { $0 <= .now } ?? false }

    /// Says that the process leaves.
    public func begin(endingAt deadline: ContinuousClock.Instant) { end.withLock { $0 = deadline } }
}
