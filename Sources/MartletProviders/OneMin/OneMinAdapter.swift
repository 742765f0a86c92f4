public import HTTPTypes
public import MartletCore

/// 1min.ai's chat: the unified endpoint, one prompt text per request, an answer as JSON or as server-sent events.
///
/// Source: 1min.ai's API documentation, Chat with AI (2026-10).
public struct OneMinAdapter: ProviderAdapter {
    /// `1min.ai`.
    public let name = "1min.ai"

    /// Nobody else's.
    public let dialect = Dialect("1min.ai")

    /// One prompt goes in, one text comes out.
    public let isTextOnly = true

    /// Makes the adapter.
    public init() {}

    /// `POST /api/chat-with-ai`, with `?isStreaming=true` for a stream.
    public func upstreamRequest(
        for request: ChatRequest,
        at endpoint: Endpoint
    ) throws(GatewayError) -> UpstreamRequest {
        try OneMinLimits.check(request, takesFiles: true)
        return UpstreamRequest(
            method: .post,
            url: endpoint.origin
                + (request.isStreaming ? "/api/chat-with-ai?isStreaming=true" : "/api/chat-with-ai"),
            fields: [
                .contentType: "application/json",
                .oneMinKey: endpoint.key.revealed,
                .accept: request.isStreaming ? "text/event-stream" : "application/json",
            ],
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
        let prompt = OneMinPrompt.text(of: request)
        var writer = JSONWriter(capacity: 512 + prompt.utf8.count)
        writer.beginObject()
        writer.raw(#""type":"UNIFY_CHAT_WITH_AI""#)
        writer.plainKey("model")
        writer.string(request.model.text)
        writer.plainKey("promptObject")
        writer.beginObject()
        writer.plainKey("prompt")
        writer.string(prompt)
        writer.plainKey("settings")
        writer.beginObject()
        writer.raw(#""historySettings":{"isMixed":false},"withMemories":false"#)
        if let search = request.webSearch { write(search, to: &writer) }
        writer.endObject()
        if let attachments = OneMinMedia(in: request).attachments {
            writer.plainKey("attachments")
            writer.write(attachments)
        }
        writer.endObject()
        writer.endObject()
        return writer.bytes
    }

    /// The chat models of the public catalogue; the key plays no part.
    public func modelList(at endpoint: Endpoint) -> UpstreamRequest? {
        OneMinModels.questions(origin: endpoint.origin).first { $0.use == .chat }?.request
    }

    private func write(_ search: WebSearch, to writer: inout JSONWriter) {
        writer.plainKey("webSearchSettings")
        writer.beginObject()
        writer.raw(#""webSearch":true"#)
        if let sites = search.sites {
            writer.plainKey("numOfSite")
            writer.int(sites)
        }
        if let words = search.words {
            writer.plainKey("maxWord")
            writer.int(words)
        }
        writer.endObject()
    }
}

extension HTTPField.Name {
    /// The field that carries the key.
    ///
    /// 1min.ai knows no `Authorization`.
    static let oneMinKey = HTTPField.Name("API-KEY") ?? .authorization
}
