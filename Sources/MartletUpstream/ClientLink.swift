public import MartletCore

/// The client as seen while waiting for a vendor: a descriptor that tells when it leaves, and a heartbeat.
///
/// Belongs to the thread of its request.
public protocol ClientLink: AnyObject {
    /// Becomes readable when the client, or the web server for it, hangs up; −1 where nothing can be watched.
    var descriptor: CInt { get }

    /// When the client must hear something again; nil when it need not.
    var nextHeartbeat: ContinuousClock.Instant? { get }

    /// Lets the client hear something. Behind some web servers this write is the only way to learn that it left.
    ///
    /// - Throws: `ClientGone` when nobody listens any more.
    func heartbeat() throws(ClientGone)
}

/// Nobody waits: for work that no client asked for.
public final class NoClient: ClientLink {
    /// −1.
    public let descriptor: CInt = -1
    /// Never.
    public let nextHeartbeat: ContinuousClock.Instant? = nil

    /// Makes one.
    public init() {}

    /// Does nothing.
    public func heartbeat() {}
}
