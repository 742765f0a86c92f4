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
        for (index, choice) in response.choices.enumerated() { write(choice, index: index, to: &writer) }
        writer.endArray()
        writer.plainKey("usage")
        OpenAIUsage.write(response.usage, to: &writer)
        writer.endObject()
        return writer.bytes
    }

    private func write(_ choice: ChatChoice, index: Int, to writer: inout JSONWriter) {
        let (text, refusal, calls) = (choice.text, choice.refusal, choice.toolCalls)
        writer.beginObject()
        writer.plainKey("index")
        writer.int(index)
        writer.plainKey("message")
        writer.beginObject()
        writer.raw(#""role":"assistant""#)
        writer.plainKey("content")
        if text.isEmpty, !calls.isEmpty || !refusal.isEmpty { writer.null() } else { writer.string(text) }
        writer.plainKey("refusal")
        if refusal.isEmpty { writer.null() } else { writer.string(refusal) }
        if choice.parts.count > 1 || text.isEmpty { writeRest(of: choice, to: &writer) }
        if !calls.isEmpty { OpenAIToolCalls.write(calls, to: &writer) }
        writer.endObject()
        writer.plainKey("logprobs")
        if choice.logProbabilities.isEmpty {
            writer.null()
        } else {
            let probabilities: JSONObject = ["content": .array(choice.logProbabilities), "refusal": nil]
            writer.write(probabilities)
        }
        writer.plainKey("finish_reason")
        writer.string(OpenAIFinish.word(choice.finishReason))
        writer.endObject()
    }

    /// Thoughts, pictures, sound, and what the vendor says besides.
    private func writeRest(of choice: ChatChoice, to writer: inout JSONWriter) {
        let traces = choice.reasoning
        let thoughts = traces.map(\.text).joined()
        if !thoughts.isEmpty {
            writer.plainKey("reasoning_content")
            writer.string(thoughts)
        }
        let details = OpenAIExtras.details(of: traces)
        if !details.isEmpty {
            writer.plainKey("reasoning_details")
            writer.write(JSON.array(details))
        }
        let media = choice.parts.compactMap { part in if case .media(let media) = part { media } else { nil }
        }
        let pictures = media.filter { $0.kind != .audio }
        if !pictures.isEmpty {
            writer.plainKey("images")
            writer.write(JSON.array(pictures.enumerated().map { OpenAIMediaParts.image($1, index: $0) }))
        }
        if let sound = media.first(where: { $0.kind == .audio }) {
            writer.plainKey("audio")
            writer.write(OpenAIMediaParts.audio(sound))
        }
        if !choice.carried.isEmpty {
            writer.plainKey("extra_content")
            writer.write(choice.carried)
        }
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
