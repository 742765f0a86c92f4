public import MartletCore
import Synchronization

/// A clock that shows what a test sets it to.
public final class FixedClock: Clock {
    private let shown: Mutex<Instant>

    /// Makes a clock that stands.
    public init(_ now: Instant = Instant(nanoseconds: 1_000_000_000_000)) {
        shown = Mutex(now)
    }

    /// What the clock shows; set it to any moment, an earlier one as well.
    public var now: Instant {
        get { shown.withLock { $0 } }
        set { shown.withLock { $0 = newValue } }
    }

    /// Moves the clock on, or back.
    public func move(by duration: Duration) {
        shown.withLock { $0 = $0 + duration }
    }
}
