/// A moment on the clock that counts from the machine's start and goes on while it sleeps.
///
/// Every process of one boot reads the same clock, so instants can be compared between processes and kept in
/// a file; after a reboot they mean nothing. It is not the time of day.
public struct Instant: Sendable, Hashable, Comparable {
    /// Nanoseconds since the machine's start.
    public let nanoseconds: Int64

    /// Wraps a number of nanoseconds since the machine's start.
    public init(nanoseconds: Int64) {
        self.nanoseconds = nanoseconds
    }

    /// The moment that much later; it stops at the end of the range instead of trapping.
    public static func + (left: Self, right: Duration) -> Self {
        left.moved(by: right, negated: false)
    }

    /// The moment that much earlier; it stops at the end of the range instead of trapping.
    public static func - (left: Self, right: Duration) -> Self {
        left.moved(by: right, negated: true)
    }

    /// The time from the right moment to the left one.
    public static func - (left: Self, right: Self) -> Duration {
        .nanoseconds(left.nanoseconds) - .nanoseconds(right.nanoseconds)
    }

    /// Whether the left moment is the earlier one.
    public static func < (left: Self, right: Self) -> Bool { left.nanoseconds < right.nanoseconds }

    private func moved(by duration: Duration, negated: Bool) -> Self {
        let (seconds, attoseconds) = duration.components
        let amount = Int128(seconds) * 1_000_000_000 + Int128(attoseconds / 1_000_000_000)
        return Self(nanoseconds: Int64(clamping: Int128(nanoseconds) + (negated ? -amount : amount)))
    }
}
