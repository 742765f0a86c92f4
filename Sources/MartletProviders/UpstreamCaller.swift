public import HTTPTypes

/// Sends requests on behalf of an adapter that needs more than one, and waits for whole answers.
///
/// Adapters do no I/O themselves; whoever calls them lends them this. Belongs to the thread of its request.
public protocol UpstreamCaller {
    /// Sends `request` and waits for the whole answer, whatever its status.
    ///
    /// - Parameters:
    ///   - request: what to send.
    ///   - limit: the most bytes of the answer's body.
    /// - Returns: the answer, whatever its status.
    /// - Throws: `UpstreamFailure` when there is no answer, it breaks off, is too long or takes too long; `ClientGone`
    ///   when the client leaves meanwhile.
    func call(_ request: UpstreamRequest, limit: Int) throws -> UpstreamAnswer
}

extension UpstreamCaller {
    /// Sends `request` and waits for its answer of at most 4 MiB.
    ///
    /// - Returns: the answer, whatever its status.
    /// - Throws: see `call(_:limit:)`.
    public func call(_ request: UpstreamRequest) throws -> UpstreamAnswer {
        try call(request, limit: 4 << 20)
    }
}

/// A vendor's whole answer.
public struct UpstreamAnswer: Sendable, Equatable {
    /// The status.
    public var status: Int
    /// The header fields.
    public var fields: HTTPFields
    /// The body.
    public var body: [UInt8]

    /// Makes an answer.
    public init(status: Int, fields: HTTPFields = [:], body: [UInt8] = []) {
        self.status = status
        self.fields = fields
        self.body = body
    }

    /// Whether the status is 2xx.
    public var isSuccess: Bool { (200...299).contains(status) }
}
