public import HTTPTypes
public import MartletCore

/// Anthropic's Messages.
///
/// Source: Anthropic's API reference, Messages and versions (2026-10).
public struct AnthropicAdapter: ProviderAdapter {
    /// `Anthropic`.
    public let name = "Anthropic"
    /// `anthropic`.
    public let dialect = Dialect.anthropic
    private static let usualVersion = "2023-06-01"

    /// Makes the adapter.
    public init() {}

    /// Pictures and documents may stay at their addresses: the vendor fetches them.
    public func takesAddress(of media: Media) -> Bool { media.kind == .image }

    /// `POST …/messages`.
    public func upstreamRequest(
        for request: ChatRequest,
        at endpoint: Endpoint
    ) throws(GatewayError) -> UpstreamRequest {
        let model = endpoint.traits.gateway?.name(of: request.model) ?? request.model
        let writing = AnthropicRequestWriting(
            model: model,
            rules: AnthropicModelRules(request.model),
            outputLimit: endpoint.card?.outputLimit
        )
        var fields = Self.fields(at: endpoint)
        fields[.contentType] = "application/json"
        fields[.accept] = request.isStreaming ? "text/event-stream" : "application/json"
        return UpstreamRequest(
            method: .post,
            url: Self.url("messages", at: endpoint),
            fields: fields,
            body: try writing.body(of: request).serialized()
        )
    }

    /// Messages of Anthropic's own clients.
    public func passThrough(_ call: ClientCall, at endpoint: Endpoint) throws(GatewayError) -> PassThrough? {
        guard call.dialect == .anthropic else { return nil }
        var fields = Self.fields(at: endpoint)
        for name in [HTTPField.Name.anthropicBeta, .contentType, .accept] {
            if let value = call.fields[name] { fields[name] = value }
        }
        if endpoint.traits.apiVersion == nil, let version = call.fields[.anthropicVersion] {
            fields[.anthropicVersion] = version
        }
        let model = endpoint.traits.gateway?.name(of: call.model) ?? call.model
        return PassThrough(
            UpstreamRequest(method: .post, url: Self.url(call.route, at: endpoint), fields: fields),
            members: ["model": .string(model.text)]
        )
    }

    /// Reads events or one message, whatever comes.
    public func decoder(for request: ChatRequest, contentType: String?) -> any ChatDecoder {
        VendorAnswerDecoder(AnthropicAnswerGrammar(), contentType: contentType)
    }

    /// The same.
    public func reader(of call: ClientCall, contentType: String?) -> any ChatDecoder {
        VendorAnswerDecoder(AnthropicAnswerGrammar(), contentType: contentType)
    }

    /// See `AnthropicFailures`.
    public func failure(status: Int, fields: HTTPFields, body: [UInt8]) -> UpstreamFailure {
        AnthropicFailures.failure(status: status, fields: fields, body: body)
    }

    /// Without what a model refuses that the rules do not know.
    public func amended(_ request: ChatRequest, after failure: UpstreamFailure) -> ChatRequest? {
        guard failure.kind == .requestRefused, let complaint = failure.text else { return nil }
        var amended = request
        if ["temperature", "top_p", "top_k"].contains(where: complaint.contains) {
            amended.sampling.temperature = nil
            amended.sampling.topP = nil
            amended.sampling.topK = nil
        }
        if complaint.contains("thinking") || complaint.contains("effort") { amended.reasoning = Reasoning() }
        return amended == request ? nil : amended
    }

    /// `GET /v1/models`, all on one page.
    public func modelList(at endpoint: Endpoint) -> UpstreamRequest? {
        var direct = endpoint
        direct.traits.gateway = nil
        return UpstreamRequest(
            method: .get,
            url: Self.url("models", at: direct) + "?limit=1000",
            fields: Self.fields(at: direct)
        )
    }

    private static func fields(at endpoint: Endpoint) -> HTTPFields {
        var fields = endpoint.traits.fields
        fields[.anthropicKey] = endpoint.key.revealed
        fields[.anthropicVersion] = endpoint.traits.apiVersion ?? usualVersion
        guard let gateway = endpoint.traits.gateway else { return fields }
        if let key = gateway.key { fields[.gatewayKey] = "Bearer \(key.revealed)" }
        return fields
    }

    private static func url(_ route: String, at endpoint: Endpoint) -> String {
        guard let gateway = endpoint.traits.gateway else {
            return OpenAIAddress.url(base: endpoint.origin, route: route)
        }
        return gateway.address.hasSuffix("/" + route) ? gateway.address : "\(gateway.address)/\(route)"
    }
}

extension HTTPField.Name {
    /// Anthropic's field for the key.
    static let anthropicKey = HTTPField.Name("x-api-key") ?? .authorization
    /// The version of Anthropic's API, which its SDKs always send.
    static let anthropicVersion = HTTPField.Name("anthropic-version") ?? .via
    /// Abilities that are not in the API yet.
    static let anthropicBeta = HTTPField.Name("anthropic-beta") ?? .via
}
