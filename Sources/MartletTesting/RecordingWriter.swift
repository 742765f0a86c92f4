public import HTTPTypes
public import MartletCore
public import MartletWeb

/// Keeps what a handler writes; can play a client that leaves.
public final class RecordingWriter: ResponseWriter {
    /// The status and fields, once sent.
    public private(set) var head: HTTPResponse?
    /// The body so far.
    public private(set) var body: [UInt8] = []
    /// How many flushes there were.
    public private(set) var flushes = 0
    /// After how many flushes the client is gone; nil for never.
    public var leavesAfterFlushes: Int?

    /// Nothing yet.
    public init() {}

    /// Whether the head was sent.
    public var isCommitted: Bool { head != nil }

    /// The body as text.
    public var text: String { String(decoding: body, as: UTF8.self) }

    /// Keeps the head.
    public func begin(_ head: HTTPResponse) { self.head = head }

    /// Keeps the bytes.
    public func write(_ bytes: [UInt8]) { body += bytes }

    /// Counts.
    ///
    /// - Throws: `ClientGone` when the client has left.
    public func flush() throws(ClientGone) {
        flushes += 1
        if let limit = leavesAfterFlushes, flushes > limit { throw ClientGone() }
    }
}
