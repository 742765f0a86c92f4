public import HTTPTypes
public import MartletCore

/// OpenAI, and every server that speaks its dialect: Chat Completions, and what else of the API is passed on as it is.
///
/// Sources: OpenAI's API reference (2026-10); for the others, see `OpenAIQuirks`.
public struct OpenAIAdapter: ProviderAdapter {
    /// How the vendor is called, for example `OpenAI`.
    public let name: String
    /// `openai-chat`.
    public let dialect = Dialect.openAIChat

    /// Makes the adapter.
    public init(name: String = "OpenAI") {
        self.name = name
    }

    /// Pictures may stay at their addresses: the vendor fetches them.
    public func takesAddress(of media: Media) -> Bool { media.kind == .image }

    /// `POST …/chat/completions`.
    public func upstreamRequest(
        for request: ChatRequest,
        at endpoint: Endpoint
    ) throws(GatewayError) -> UpstreamRequest {
        let place = OpenAIPlace(endpoint)
        let writing = OpenAIRequestWriting(
            quirks: OpenAIQuirks.of(endpoint),
            model: place.name(of: request.model)
        )
        var fields = place.fields
        fields[.contentType] = "application/json"
        fields[.accept] = request.isStreaming ? "text/event-stream" : "application/json"
        return UpstreamRequest(
            method: .post,
            url: place.url("chat/completions"),
            fields: fields,
            body: try writing.body(of: request).serialized()
        )
    }

    /// Chat, the older completions, Responses where they are offered, and what has no conversation.
    public func passThrough(_ call: ClientCall, at endpoint: Endpoint) throws(GatewayError) -> PassThrough? {
        let quirks = OpenAIQuirks.of(endpoint)
        switch call.dialect {
        case .openAIChat, .openAICompletions, .openAI: break
        case .openAIResponses where quirks.hasResponses && endpoint.traits.gateway == nil: break
        default: return nil
        }
        // What such a server refuses has to be taken out.
        if call.dialect == .openAIChat,
            quirks.hasShortCallIDs || quirks.hasNoDeveloperRole && call.hasDeveloperRole
        {
            return nil
        }
        let place = OpenAIPlace(endpoint)
        var fields = place.fields
        for name in OpenAIPlace.handedOn { if let value = call.fields[name] { fields[name] = value } }
        var passing = PassThrough(
            UpstreamRequest(method: .post, url: place.url(call.route), fields: fields),
            members: ["model": .string(place.name(of: call.model).text)]
        )
        let hasOptions = call.dialect == .openAIChat || call.dialect == .openAICompletions
        if hasOptions, call.isStreaming, !call.includesUsage, !quirks.refusesStreamOptions {
            passing.members["stream_options"] = ["include_usage": true]
            passing.hidesUsage = true
        }
        return passing
    }

    /// Reads events or one object of Chat Completions, whatever comes.
    public func decoder(for request: ChatRequest, contentType: String?) -> any ChatDecoder {
        VendorAnswerDecoder(OpenAIAnswerGrammar(), contentType: contentType)
    }

    /// The same for chat; of Responses and of what is no chat only the usage and the end are read.
    public func reader(of call: ClientCall, contentType: String?) -> any ChatDecoder {
        switch call.dialect {
        case .openAIChat, .openAICompletions:
            VendorAnswerDecoder(OpenAIAnswerGrammar(), contentType: contentType)
        case .openAIResponses:
            VendorAnswerDecoder(ResponsesAnswerGrammar(), contentType: contentType)
        default:
            PlainAnswerReader(contentType: contentType)
        }
    }

    /// See `OpenAIFailures`.
    public func failure(status: Int, fields: HTTPFields, body: [UInt8]) -> UpstreamFailure {
        OpenAIFailures.failure(status: status, fields: fields, body: body)
    }

    /// Without the field that a vendor complains of, where it is one that older and newer models disagree about.
    public func amended(_ request: ChatRequest, after failure: UpstreamFailure) -> ChatRequest? {
        guard failure.kind == .requestRefused, let complaint = failure.text else { return nil }
        var amended = request
        if complaint.contains("temperature") { amended.sampling.temperature = nil }
        if complaint.contains("top_p") { amended.sampling.topP = nil }
        if complaint.contains("reasoning_effort") { amended.reasoning = Reasoning() }
        return amended == request ? nil : amended
    }

    /// Without `stream_options`, where the vendor complains of it and the client has not asked for it.
    public func amended(_ passing: PassThrough, after failure: UpstreamFailure) -> PassThrough? {
        guard failure.kind == .requestRefused, passing.hidesUsage,
            failure.text?.contains("stream_options") == true
        else { return nil }
        var amended = passing
        amended.members["stream_options"] = nil
        amended.hidesUsage = false
        return amended
    }

    /// `GET /v1/models`; a gateway in between is passed by, as it lists no vendor's models.
    public func modelList(at endpoint: Endpoint) -> UpstreamRequest? {
        var fields = OpenAIPlace(endpoint).fields
        fields[.gatewayKey] = nil
        return UpstreamRequest(
            method: .get,
            url: OpenAIAddress.url(base: endpoint.origin, route: "models"),
            fields: fields
        )
    }
}

/// A channel's addresses, fields and names of models.
struct OpenAIPlace {
    /// What a client may say to the vendor.
    static let handedOn = ["openai-beta"].compactMap { HTTPField.Name($0) } + [.contentType, .accept]
    private let endpoint: Endpoint

    init(_ endpoint: Endpoint) {
        self.endpoint = endpoint
    }

    func url(_ route: String) -> String {
        guard let gateway = endpoint.traits.gateway else {
            return OpenAIAddress.url(base: endpoint.origin, route: route)
        }
        return gateway.address.hasSuffix("/" + route) ? gateway.address : "\(gateway.address)/\(route)"
    }

    var fields: HTTPFields {
        var fields = endpoint.traits.fields
        fields[.authorization] = "Bearer \(endpoint.key.revealed)"
        if let key = endpoint.traits.gateway?.key { fields[.gatewayKey] = "Bearer \(key.revealed)" }
        return fields
    }

    func name(of model: ModelName) -> ModelName { endpoint.traits.gateway?.name(of: model) ?? model }
}

extension HTTPField.Name {
    /// The own key of Cloudflare's AI Gateway.
    static let gatewayKey = HTTPField.Name("cf-aig-authorization") ?? .authorization
}
