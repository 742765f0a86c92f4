public import HTTPTypes
public import MartletCore

/// 1min.ai's code generator, for models that write code and do not chat: a prompt, answered in one piece as JSON.
///
/// Source: 1min.ai's API documentation, Code Generator (2026-10).
public struct OneMinCodeAdapter: ProviderAdapter {
    private let chat = OneMinAdapter()

    /// `1min.ai`.
    public var name: String { chat.name }

    /// Nobody else's.
    public var dialect: Dialect { chat.dialect }

    /// One prompt goes in, one text comes out.
    public let isTextOnly = true

    /// Makes the adapter.
    public init() {}

    /// `POST /api/features`; a stream is not offered.
    public func upstreamRequest(
        for request: ChatRequest,
        at endpoint: Endpoint
    ) throws(GatewayError) -> UpstreamRequest {
        try OneMinLimits.check(request, takesFiles: false)
        guard request.webSearch == nil else {
            throw GatewayError(
                .invalidRequest,
                "The model '\(request.model)' writes code and cannot search the web.",
                parameter: "model",
                code: "unsupported_parameter"
            )
        }
        let body: JSON = [
            "type": "CODE_GENERATOR", "model": .string(request.model.text),
            "conversationId": "CODE_GENERATOR",
            "promptObject": ["prompt": .string(OneMinPrompt.text(of: request))],
        ]
        var fields: HTTPFields = [.contentType: "application/json", .accept: "application/json"]
        fields[.oneMinKey] = endpoint.key.revealed
        return UpstreamRequest(
            method: .post,
            url: endpoint.origin + "/api/features",
            fields: fields,
            body: body.serialized()
        )
    }

    /// Reads the record, or whatever comes.
    public func decoder(for request: ChatRequest, contentType: String?) -> any ChatDecoder {
        chat.decoder(for: request, contentType: contentType)
    }

    /// See `OneMinErrors`.
    public func failure(status: Int, fields: HTTPFields, body: [UInt8]) -> UpstreamFailure {
        chat.failure(status: status, fields: fields, body: body)
    }
}
