public import HTTPTypes

/// One request, as the web server hands it over.
public struct Request {
    /// The method; unknown ones are kept as they are.
    public let method: HTTPRequest.Method
    /// The path as the client wrote it, still percent-encoded, without the query and without the application's prefix.
    public let path: String
    /// What follows the `?`, as the client wrote it; nil without one.
    public let query: String?
    /// The header fields.
    public let fields: HTTPFields
    /// Who asks: the connection's address, or what a trusted proxy says.
    public let clientAddress: String
    /// Whether the client speaks to the web server, or to a proxy before it, over TLS.
    public var isSecure = false
    /// Who the web server says the client is, where the settings name a parameter for that; no client can write it.
    public var proven: String?
    /// The body, read on demand.
    public let body: any RequestBody
    /// What the router found in the path, percent-decoded, by the names in the route's pattern.
    public internal(set) var pathValues: [String: String] = [:]

    /// Makes a request.
    public init(
        method: HTTPRequest.Method,
        path: String,
        query: String? = nil,
        fields: HTTPFields = [:],
        clientAddress: String = "",
        body: any RequestBody = EmptyBody()
    ) {
        self.method = method
        self.path = path
        self.query = query
        self.fields = fields
        self.clientAddress = clientAddress
        self.body = body
    }
}
