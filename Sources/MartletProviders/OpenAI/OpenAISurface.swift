public import MartletCore

/// OpenAI's chat dialect, as clients speak it: `POST /v1/chat/completions`.
///
/// Source: OpenAI's API reference, Chat Completions, and its published OpenAPI schema (2026-10).
public struct OpenAISurface: Surface {
    /// `openai-chat`.
    public let dialect = Dialect.openAIChat
    private let now: @Sendable () -> Int

    /// - Parameter now: the time in seconds since 1970, for `created`.
    public init(now: @escaping @Sendable () -> Int) {
        self.now = now
    }

    /// Reads a request; see `OpenAIChatMapping`.
    public func decode(_ body: JSON) throws(GatewayError) -> ChatRequest {
        try OpenAIChatMapping.request(from: BodyReader(body))
    }

    /// Writes a `chat.completion` object.
    public func encode(_ response: ChatResponse, to request: ChatRequest) -> [UInt8] {
        var writer = JSONWriter(capacity: 512 + response.text.utf8.count)
        writer.beginObject()
        writer.plainKey("id")
        writer.string("chatcmpl-" + RandomText.alphanumeric(24))
        writer.raw(#""object":"chat.completion""#)
        writer.plainKey("created")
        writer.int(now())
        writer.plainKey("model")
        writer.string(request.model.text)
        writer.plainKey("choices")
        writer.beginArray()
        writer.beginObject()
        writer.raw(#""index":0"#)
        writer.plainKey("message")
        writer.beginObject()
        writer.raw(#""role":"assistant""#)
        writer.plainKey("content")
        if response.text.isEmpty, !response.toolCalls.isEmpty {
            writer.null()
        } else {
            writer.string(response.text)
        }
        writer.raw(#""refusal":null"#)
        if !response.toolCalls.isEmpty { OpenAIToolCalls.write(response.toolCalls, to: &writer) }
        writer.endObject()
        writer.raw(#""logprobs":null"#)
        writer.plainKey("finish_reason")
        writer.string(OpenAIFinish.word(response.finishReason))
        writer.endObject()
        writer.endArray()
        writer.plainKey("usage")
        OpenAIUsage.write(response.usage, to: &writer)
        writer.endObject()
        return writer.bytes
    }

    /// Writes `chat.completion.chunk` events.
    public func streamEncoder(for request: ChatRequest) -> any ChatEncoder {
        OpenAIStreamEncoder(model: request.model, includesUsage: request.includesUsage, created: now())
    }

    /// Writes `{"error":{"message","type","param","code"}}`; all four keys are required by the schema.
    public func encode(_ error: GatewayError, request: RequestID) -> [UInt8] {
        OpenAIErrors.body(of: error, request: request)
    }
}
