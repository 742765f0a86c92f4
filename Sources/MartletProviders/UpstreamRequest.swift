public import HTTPTypes
public import MartletCore

/// One HTTP request to a vendor, ready to be sent.
public struct UpstreamRequest: Sendable, Equatable {
    /// The method.
    public var method: HTTPRequest.Method
    /// The absolute address.
    ///
    /// It carries no secret: those go into fields.
    public var url: String
    /// The header fields.
    public var fields: HTTPFields
    /// The body; nil for none.
    public var body: [UInt8]?

    /// A body in pieces, sent one behind the other instead of `body`.
    ///
    /// Nothing is decoded or copied before its turn.
    public var pieces: [MediaBytes] = []

    /// A proxy's address; nil for a direct connection.
    public var proxy: String?

    /// Makes a request.
    public init(method: HTTPRequest.Method, url: String, fields: HTTPFields = [:], body: [UInt8]? = nil) {
        self.method = method
        self.url = url
        self.fields = fields
        self.body = body
    }
}
