public import HTTPTypes
public import MartletCore

/// Google's Gemini: generateContent and streamGenerateContent.
///
/// Source: Google's reference of the Gemini API, v1beta (2026-10).
public struct GeminiAdapter: ProviderAdapter {
    /// `Gemini`.
    public let name = "Gemini"
    /// `gemini`.
    public let dialect = Dialect.gemini

    /// Makes the adapter.
    public init() {}

    /// Files at Google stay there.
    public func takesAddress(of media: Media) -> Bool {
        guard case .url(let address) = media.source else { return false }
        return address.hasPrefix("https://generativelanguage.googleapis.com/")
    }

    /// `POST …/models/{model}:generateContent`, or `:streamGenerateContent?alt=sse`.
    public func upstreamRequest(
        for request: ChatRequest,
        at endpoint: Endpoint
    ) throws(GatewayError) -> UpstreamRequest {
        let body = try GeminiRequestWriting(model: request.model).body(of: request)
        let action = request.isStreaming ? "streamGenerateContent?alt=sse" : "generateContent"
        var fields = Self.fields(at: endpoint)
        fields[.contentType] = "application/json"
        return UpstreamRequest(
            method: .post,
            url: Self.url("models/\(request.model.text):\(action)", at: endpoint),
            fields: fields,
            body: body.serialized()
        )
    }

    /// What Google's own clients send; the model is in the address.
    public func passThrough(_ call: ClientCall, at endpoint: Endpoint) throws(GatewayError) -> PassThrough? {
        // A list of answers cannot be passed on while it comes: it is made here, from events.
        guard call.dialect == .gemini, let action = call.route.split(separator: ":").last,
            !call.isStreaming || action.hasSuffix("alt=sse")
        else { return nil }
        var fields = Self.fields(at: endpoint)
        fields[.contentType] = call.fields[.contentType]
        return PassThrough(
            UpstreamRequest(
                method: .post,
                url: Self.url("models/\(call.model.text):\(action)", at: endpoint),
                fields: fields
            )
        )
    }

    /// Reads events, one answer, or a list of them, whatever comes.
    public func decoder(for request: ChatRequest, contentType: String?) -> any ChatDecoder {
        VendorAnswerDecoder(GeminiAnswerGrammar(), contentType: contentType)
    }

    /// The same.
    public func reader(of call: ClientCall, contentType: String?) -> any ChatDecoder {
        VendorAnswerDecoder(GeminiAnswerGrammar(), contentType: contentType)
    }

    /// See `GeminiFailures`.
    public func failure(status: Int, fields: HTTPFields, body: [UInt8]) -> UpstreamFailure {
        GeminiFailures.failure(status: status, fields: fields, body: body)
    }

    /// `GET /v1beta/models`, all on one page.
    public func modelList(at endpoint: Endpoint) -> UpstreamRequest? {
        var direct = endpoint
        direct.traits.gateway = nil
        return UpstreamRequest(
            method: .get,
            url: Self.url("models", at: direct) + "?pageSize=1000",
            fields: Self.fields(at: direct)
        )
    }

    static func fields(at endpoint: Endpoint) -> HTTPFields {
        var fields = endpoint.traits.fields
        fields[.googleKey] = endpoint.key.revealed
        if let key = endpoint.traits.gateway?.key { fields[.gatewayKey] = "Bearer \(key.revealed)" }
        return fields
    }

    static func url(_ route: String, at endpoint: Endpoint) -> String {
        let base = endpoint.traits.gateway?.address ?? endpoint.origin
        return OpenAIAddress.hasVersion(base) ? "\(base)/\(route)" : "\(base)/v1beta/\(route)"
    }
}

extension HTTPField.Name {
    /// Google's field for the key.
    static let googleKey = HTTPField.Name("x-goog-api-key") ?? .authorization
}
