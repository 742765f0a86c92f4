/// A channel's own time limits; nil means as for all.
public struct ChannelLimits: Sendable, Equatable {
    /// For a connection, TLS included.
    public var connect: Duration?
    /// From the start to the answer's head.
    public var firstByte: Duration?
    /// Between two pieces of the body.
    public var idle: Duration?
    /// For everything.
    public var total: Duration?

    /// Makes limits.
    public init(
        connect: Duration? = nil,
        firstByte: Duration? = nil,
        idle: Duration? = nil,
        total: Duration? = nil
    ) {
        self.connect = connect
        self.firstByte = firstByte
        self.idle = idle
        self.total = total
    }
}
