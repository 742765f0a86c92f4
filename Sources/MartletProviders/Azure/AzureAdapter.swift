public import HTTPTypes
public import MartletCore

/// OpenAI's models at Azure: another address for each model, and another field for the key.
///
/// Sources: Microsoft's Azure OpenAI REST reference, data plane inference and "v1" API (2026-10).
public struct AzureAdapter: ProviderAdapter {
    /// `Azure OpenAI`.
    public let name = "Azure OpenAI"
    /// `openai-chat`.
    public let dialect = Dialect.openAIChat
    private let openAI = OpenAIAdapter(name: "Azure OpenAI")
    private static let usualVersion = "2024-10-21"

    /// Makes the adapter.
    public init() {}

    /// Pictures may stay at their addresses.
    public func takesAddress(of media: Media) -> Bool { media.kind == .image }

    /// `POST …/openai/deployments/{model}/chat/completions?api-version=…`, or `…/openai/v1/chat/completions` for the
    /// version `v1` or `preview`.
    public func upstreamRequest(
        for request: ChatRequest,
        at endpoint: Endpoint
    ) throws(GatewayError) -> UpstreamRequest {
        moved(
            try openAI.upstreamRequest(for: request, at: Self.plain(endpoint)),
            route: "chat/completions",
            model: request.model,
            at: endpoint
        )
    }

    /// What OpenAI's own adapter passes on; Responses only with the newer addresses.
    public func passThrough(_ call: ClientCall, at endpoint: Endpoint) throws(GatewayError) -> PassThrough? {
        if call.dialect == .openAIResponses, !Self.isNewer(endpoint) { return nil }
        guard var passing = try openAI.passThrough(call, at: Self.plain(endpoint)) else { return nil }
        passing.request = moved(passing.request, route: call.route, model: call.model, at: endpoint)
        return passing
    }

    /// As OpenAI's.
    public func decoder(for request: ChatRequest, contentType: String?) -> any ChatDecoder {
        openAI.decoder(for: request, contentType: contentType)
    }

    /// As OpenAI's.
    public func reader(of call: ClientCall, contentType: String?) -> any ChatDecoder {
        openAI.reader(of: call, contentType: contentType)
    }

    /// As OpenAI's.
    public func failure(status: Int, fields: HTTPFields, body: [UInt8]) -> UpstreamFailure {
        openAI.failure(status: status, fields: fields, body: body)
    }

    /// As OpenAI's.
    public func amended(_ request: ChatRequest, after failure: UpstreamFailure) -> ChatRequest? {
        openAI.amended(request, after: failure)
    }

    /// As OpenAI's.
    public func amended(_ passing: PassThrough, after failure: UpstreamFailure) -> PassThrough? {
        openAI.amended(passing, after: failure)
    }

    private func moved(
        _ request: UpstreamRequest,
        route: String,
        model: ModelName,
        at endpoint: Endpoint
    ) -> UpstreamRequest {
        var request = request
        request.fields[.authorization] = nil
        request.fields[.azureKey] = endpoint.key.revealed
        request.url = Self.url(route, model: model, at: endpoint)
        return request
    }

    private static func isNewer(_ endpoint: Endpoint) -> Bool {
        endpoint.traits.apiVersion == "v1" || endpoint.traits.apiVersion == "preview"
    }

    /// The origin alone decides about quirks, and OpenAI's are the ones.
    private static func plain(_ endpoint: Endpoint) -> Endpoint {
        var plain = endpoint
        plain.origin = "https://api.openai.com/v1"
        return plain
    }

    private static func url(_ route: String, model: ModelName, at endpoint: Endpoint) -> String {
        let version = endpoint.traits.apiVersion
        if isNewer(endpoint) {
            let ending = version == "preview" ? "?api-version=preview" : ""
            return "\(endpoint.origin)/openai/v1/\(route)\(ending)"
        }
        return
            "\(endpoint.origin)/openai/deployments/\(model.text)/\(route)?api-version=\(version ?? usualVersion)"
    }
}

extension HTTPField.Name {
    /// Azure's field for the key.
    static let azureKey = HTTPField.Name("api-key") ?? .authorization
}
