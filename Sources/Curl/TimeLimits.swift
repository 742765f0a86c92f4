/// How long a transfer may take, as a whole and in its parts.
public struct TimeLimits: Sendable, Hashable {
    /// From the start until the connection stands, including name resolution and the TLS handshake.
    ///
    /// A connection that is reused costs none of it. Rounded down to milliseconds, at least one.
    public var connect: Duration
    /// From the last byte of the request that was accepted until the head of the answer.
    ///
    /// Informational answers (1xx) do not count as an answer.
    public var firstByte: Duration
    /// The longest silence inside the answer.
    ///
    /// The time that the receiver spends on a piece does not count.
    public var idle: Duration
    /// From the start to the end of the transfer.
    public var total: Duration

    /// - Parameters:
    ///   - connect: until the connection stands.
    ///   - firstByte: until the head of the answer.
    ///   - idle: the longest silence inside the answer.
    ///   - total: the whole transfer.
    public init(
        connect: Duration = .seconds(5),
        firstByte: Duration = .seconds(120),
        idle: Duration = .seconds(120),
        total: Duration = .seconds(900)
    ) {
        self.connect = connect
        self.firstByte = firstByte
        self.idle = idle
        self.total = total
    }
}
