/// What an event stream may cost.
public struct EventLimits: Sendable, Equatable {
    /// A line of 1 MiB, an event of 16 MiB, an unterminated last event delivered.
    public static let `default` = EventLimits()

    /// How long a line may be, in bytes without its end.
    public var maximumLineBytes: Int

    /// How long the data of an event may be, in bytes.
    public var maximumEventBytes: Int

    /// Whether an event without its blank line counts at the end of the stream.
    ///
    /// The standard drops it; vendors close the connection right after the last line.
    public var deliversUnterminated: Bool

    /// - Parameters:
    ///   - maximumLineBytes: how long a line may be, without its end.
    ///   - maximumEventBytes: how long the data of an event may be.
    ///   - deliversUnterminated: whether an event without its blank line counts at the end of the stream.
    public init(
        maximumLineBytes: Int = 1 << 20,
        maximumEventBytes: Int = 16 << 20,
        deliversUnterminated: Bool = true
    ) {
        self.maximumLineBytes = maximumLineBytes
        self.maximumEventBytes = maximumEventBytes
        self.deliversUnterminated = deliversUnterminated
    }
}
