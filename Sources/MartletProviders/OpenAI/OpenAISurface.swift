public import MartletCore

/// OpenAI's chat dialect, as clients speak it: `POST /v1/chat/completions`.
///
/// Source: OpenAI's API reference, Chat Completions, and its published OpenAPI schema (2026-10).
public struct OpenAISurface: Surface {
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
        var writer = JSONWriter()
        writer.beginObject()
        writer.key("id")
        writer.string("chatcmpl-" + RandomText.alphanumeric(24))
        writer.key("object")
        writer.string("chat.completion")
        writer.key("created")
        writer.int(now())
        writer.key("model")
        writer.string(request.model.text)
        writer.key("choices")
        writer.beginArray()
        writer.beginObject()
        writer.key("index")
        writer.int(0)
        writer.key("message")
        writer.beginObject()
        writer.key("role")
        writer.string("assistant")
        writer.key("content")
        if response.text.isEmpty, !response.toolCalls.isEmpty {
            writer.null()
        } else {
            writer.string(response.text)
        }
        writer.key("refusal")
        writer.null()
        if !response.toolCalls.isEmpty { OpenAIToolCalls.write(response.toolCalls, to: &writer) }
        writer.endObject()
        writer.key("logprobs")
        writer.null()
        writer.key("finish_reason")
        writer.string(response.finishReason.rawValue)
        writer.endObject()
        writer.endArray()
        writer.key("usage")
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
