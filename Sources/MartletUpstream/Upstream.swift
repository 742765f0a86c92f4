public import HTTPTypes
public import MartletProviders

/// Sends requests to vendors.
public protocol Upstream: Sendable {
    /// Sends `request` and hands over the answer as it comes, on the calling thread.
    ///
    /// Throwing out of `receive` closes the connection to the vendor at once.
    ///
    /// - Parameters:
    ///   - request: what to send.
    ///   - limits: how long to wait for what.
    ///   - client: the client who waits; watched all the while.
    ///   - receive: called for the head once, then for each piece of the body.
    /// - Throws: `UpstreamFailure` when there is no answer or it breaks off; `ClientGone` when the client leaves;
    ///   and what `receive` throws.
    func send(
        _ request: UpstreamRequest,
        limits: UpstreamLimits,
        watching client: any ClientLink,
        receive: (UpstreamPiece) throws -> Void
    ) throws
}

/// A piece of a vendor's answer.
public enum UpstreamPiece: Sendable, Equatable {
    /// The status and the header fields; first, and once.
    case head(status: Int, fields: HTTPFields)
    /// Some bytes of the body, in order, cut anywhere.
    case body([UInt8])
}

/// How long to wait for what.
public struct UpstreamLimits: Sendable, Equatable {
    /// For a connection, TLS included.
    public var connect: Duration
    /// From the start to the answer's head.
    public var firstByte: Duration
    /// Between two pieces of the body.
    public var idle: Duration
    /// For everything.
    public var total: Duration

    /// Makes the limits.
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
