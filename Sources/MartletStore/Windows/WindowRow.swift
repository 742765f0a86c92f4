public import MartletCore

/// What the windows database keeps about one subject.
public struct WindowRow: Sendable, Equatable {
    /// When the subject was last admitted.
    public var newest: Instant
    /// What the rate limiter remembers; only it knows the form.
    public var state: [UInt8]

    /// Makes a row; see the properties.
    public init(newest: Instant, state: [UInt8]) {
        self.newest = newest
        self.state = state
    }
}
