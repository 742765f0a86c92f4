import MartletCore

/// Writes `chat.completion.chunk` events: one id for all, the role first, then text, the finish reason, the usage
/// where it was asked for, and `[DONE]`.
struct OpenAIStreamEncoder: ChatEncoder {
    /// What every chunk begins with, written once.
    private let opening: [UInt8]
    private let includesUsage: Bool
    private var hasBegun = false
    private var hasFinished = false
    private var toolCalls = 0

    init(model: ModelName, includesUsage: Bool, created: Int) {
        var writer = JSONWriter()
        writer.beginObject()
        writer.key("id")
        writer.string("chatcmpl-" + RandomText.alphanumeric(24))
        writer.key("object")
        writer.string("chat.completion.chunk")
        writer.key("created")
        writer.int(created)
        writer.key("model")
        writer.string(model.text)
        opening = Array("data: ".utf8) + writer.bytes + Array(",\"choices\":[".utf8)
        self.includesUsage = includesUsage
    }

    mutating func encode(_ event: ChatEvent, into bytes: inout [UInt8]) {
        if !hasBegun {
            hasBegun = true
            appendChunk(delta: #"{"role":"assistant","content":"","refusal":null}"#, to: &bytes)
        }
        switch event {
        case .text(let piece):
            appendText(piece, to: &bytes)
        case .toolCall(let call):
            var writer = JSONWriter()
            writer.beginObject()
            OpenAIToolCalls.write([call], firstIndex: toolCalls, to: &writer)
            writer.endObject()
            toolCalls += 1
            appendChunk(delta: String(decoding: writer.bytes, as: UTF8.self), to: &bytes)
        case .finished(let reason):
            hasFinished = true
            appendChunk(delta: "{}", finishReason: "\"\(OpenAIFinish.word(reason))\"", to: &bytes)
        case .choice, .choiceFinished, .refusal, .reasoning, .reasoningSignature, .redactedReasoning,
            .arguments,
            .media, .logProbabilities, .carried:
            break
        case .usage:
            break  // comes last, from `finish`
        }
    }

    mutating func finish(usage: TokenUsage, into bytes: inout [UInt8]) {
        if !hasFinished { encode(.finished(.stop), into: &bytes) }
        if includesUsage {
            var writer = JSONWriter()
            OpenAIUsage.write(usage, to: &writer)
            bytes += opening
            bytes += "],\"usage\":".utf8
            bytes += writer.bytes
            bytes += "}\n\n".utf8
        }
        bytes += "data: [DONE]\n\n".utf8
    }

    /// Writes an error event and the end of the stream.
    ///
    /// The SDKs raise at the first `data` that holds an error.
    mutating func fail(_ error: GatewayError, request: RequestID, into bytes: inout [UInt8]) {
        EventWriter.write(data: OpenAIErrors.body(of: error, request: request), name: nil, into: &bytes)
        bytes += "data: [DONE]\n\n".utf8
    }

    private func appendText(_ piece: String, to bytes: inout [UInt8]) {
        var writer = JSONWriter()
        writer.string(piece)
        bytes += opening
        bytes += "{\"index\":0,\"delta\":{\"content\":".utf8
        bytes += writer.bytes
        bytes += "},\"logprobs\":null,\"finish_reason\":null}]".utf8
        appendEnd(to: &bytes)
    }

    private func appendChunk(delta: String, finishReason: String = "null", to bytes: inout [UInt8]) {
        bytes += opening
        bytes += "{\"index\":0,\"delta\":\(delta),\"logprobs\":null,\"finish_reason\":\(finishReason)}]".utf8
        appendEnd(to: &bytes)
    }

    /// With `include_usage` every chunk but the last carries a null usage.
    private func appendEnd(to bytes: inout [UInt8]) {
        bytes += (includesUsage ? ",\"usage\":null}\n\n" : "}\n\n").utf8
    }
}
