public import HTTPTypes
public import MartletCore

/// What is known of a client's request before anybody has looked into its conversation.
///
/// Enough to find a channel, and to hand the body on unread where client and vendor speak the same dialect.
public struct ClientCall: Sendable, Equatable {
    /// How the client speaks.
    public var dialect: Dialect
    /// The address behind the version, for example `chat/completions`, `messages` or `embeddings`.
    public var route: String
    /// The model as the vendor calls it; a plan puts it here.
    public var model: ModelName
    /// Whether the answer comes piece by piece.
    public var isStreaming: Bool
    /// Whether the client itself asks for a usage at the end of its stream.
    public var includesUsage = false
    /// Whether a message of the conversation is the developer's, which not every vendor knows.
    public var hasDeveloperRole = false
    /// The header fields of the client, of which an adapter may hand on those that its vendor knows.
    public var fields: HTTPFields

    /// Makes a call.
    public init(
        dialect: Dialect,
        route: String,
        model: ModelName,
        isStreaming: Bool = false,
        fields: HTTPFields = [:]
    ) {
        self.dialect = dialect
        self.route = route
        self.model = model
        self.isStreaming = isStreaming
        self.fields = fields
    }
}

/// How a client's body goes on to a vendor who speaks the client's own dialect: byte for byte, but for a few members.
public struct PassThrough: Sendable, Equatable {
    /// Address and fields; the body comes from the client.
    public var request: UpstreamRequest
    /// Members of the body's top level that replace the client's, or are added where it has none.
    public var members: JSONObject
    /// Whether the gateway asked for a usage that the client did not ask for: its event is taken out of the stream.
    public var hidesUsage: Bool

    /// Makes a pass-through.
    public init(_ request: UpstreamRequest, members: JSONObject = [:], hidesUsage: Bool = false) {
        self.request = request
        self.members = members
        self.hidesUsage = hidesUsage
    }
}
