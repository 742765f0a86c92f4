public import HTTPTypes
public import MartletCore

/// 1min.ai's chat: the unified endpoint, one prompt text per request, an answer as JSON or as server-sent events.
///
/// Source: 1min.ai's API documentation, Chat with AI (2026-10).
public struct OneMinAdapter: ProviderAdapter {
    /// `1min.ai`.
    public let name = "1min.ai"

    /// Makes the adapter.
    public init() {}

    /// `POST /api/chat-with-ai`, with `?isStreaming=true` for a stream.
    public func upstreamRequest(
        for request: ChatRequest,
        at endpoint: Endpoint
    ) throws(GatewayError) -> UpstreamRequest {
        try OneMinLimits.check(request, takesFiles: true)
        var fields: HTTPFields = [.contentType: "application/json"]
        fields[.oneMinKey] = endpoint.key.revealed
        fields[.accept] = request.isStreaming ? "text/event-stream" : "application/json"
        return UpstreamRequest(
            method: .post,
            url: endpoint.origin + "/api/chat-with-ai" + (request.isStreaming ? "?isStreaming=true" : ""),
            fields: fields,
            body: body(for: request)
        )
    }

    /// Uploads the pictures and documents that are not there yet.
    public func prepare(
        _ request: ChatRequest,
        at endpoint: Endpoint,
        keeping assets: any AssetKeeper
    ) throws -> ChatRequest {
        try OneMinMedia.prepare(request, at: endpoint, keeping: assets)
    }

    /// Reads events, JSON or bare text, whatever comes.
    public func decoder(for request: ChatRequest, contentType: String?) -> any ChatDecoder {
        OneMinAnswerDecoder(contentType: contentType)
    }

    /// See `OneMinErrors`.
    public func failure(status: Int, fields: HTTPFields, body: [UInt8]) -> UpstreamFailure {
        OneMinErrors.failure(status: status, fields: fields, body: body)
    }

    /// Without web search: some models refuse it with a bare 400.
    public func amended(_ request: ChatRequest, after failure: UpstreamFailure) -> ChatRequest? {
        guard request.webSearch != nil, failure.status == 400 else { return nil }
        guard failure.kind == .requestRefused || failure.kind == .serverFailed else { return nil }
        var amended = request
        amended.webSearch = nil
        return amended
    }

    private func body(for request: ChatRequest) -> [UInt8] {
        var settings: JSONObject = [
            "historySettings": ["isMixed": false],
            "withMemories": false,
        ]
        if let search = request.webSearch {
            var object: JSONObject = ["webSearch": true]
            object["numOfSite"] = search.sites.map { .number(JSONNumber($0)) }
            object["maxWord"] = search.words.map { .number(JSONNumber($0)) }
            settings["webSearchSettings"] = .object(object)
        }
        var prompt: JSONObject = [
            "prompt": .string(OneMinPrompt.text(of: request)),
            "settings": .object(settings),
        ]
        prompt["attachments"] = OneMinMedia(in: request).attachments
        let body: JSON = [
            "type": "UNIFY_CHAT_WITH_AI",
            "model": .string(request.model.text),
            "promptObject": .object(prompt),
        ]
        return body.serialized()
    }
}

extension HTTPField.Name {
    /// The field that carries the key.
    ///
    /// 1min.ai knows no `Authorization`.
    static let oneMinKey = HTTPField.Name("API-KEY") ?? .authorization
}
