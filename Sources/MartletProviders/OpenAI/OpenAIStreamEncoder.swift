import MartletCore

/// Writes `chat.completion.chunk` events: one id for all, the role first, then text, the finish reason, the usage
/// where it was asked for, and `[DONE]`.
struct OpenAIStreamEncoder: ChatEncoder {
    /// What every chunk begins with, written once.
    private let opening: [UInt8]
    private let includesUsage: Bool
    /// The answers that have begun, and how many calls each has.
    private var calls: [Int: Int] = [:]
    private var choice = 0
    private var traces = 0
    private var hasFinished = false

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
        if case .choice(let number) = event {
            choice = number
            return
        }
        begin(into: &bytes)
        switch event {
        case .text(let piece): append("content", piece, to: &bytes)
        case .refusal(let piece): append("refusal", piece, to: &bytes)
        case .reasoning(let piece): append("reasoning_content", piece, to: &bytes)
        case .reasoningSignature(let signature):
            let detail = OpenAIExtras.detail(text: nil, signature: signature, index: traces)
            traces += 1
            append(delta: ["reasoning_details": [detail]], to: &bytes)
        case .redactedReasoning(let redacted):
            let detail: JSON = [
                "type": "reasoning.encrypted", "data": .string(redacted), "index": JSON(traces),
            ]
            traces += 1
            append(delta: ["reasoning_details": [detail]], to: &bytes)
        case .toolCall(let call):
            let index = calls[choice, default: 0]
            calls[choice] = index + 1
            var writer = JSONWriter()
            writer.beginObject()
            OpenAIToolCalls.write([call], firstIndex: index, to: &writer)
            writer.endObject()
            append(delta: writer.bytes, to: &bytes)
        case .arguments(let piece): appendArguments(piece, to: &bytes)
        case .media(let media): append(delta: OpenAIMediaParts.delta(of: media), to: &bytes)
        case .logProbabilities(let tokens):
            append(delta: Array("{}".utf8), tokens: tokens, to: &bytes)
        case .carried(let members): append(delta: ["extra_content": .object(members)], to: &bytes)
        case .choiceFinished(let reason), .finished(let reason):
            if case .finished = event { hasFinished = true }
            append(delta: Array("{}".utf8), reason: OpenAIFinish.word(reason), to: &bytes)
        case .choice, .usage:
            break  // the usage comes last, from `finish`
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

    private mutating func begin(into bytes: inout [UInt8]) {
        guard calls[choice] == nil else { return }
        calls[choice] = 0
        append(delta: Array(#"{"role":"assistant","content":"","refusal":null}"#.utf8), to: &bytes)
    }

    /// A piece of text, which is what nearly all events are: written without a detour.
    private func append(_ key: StaticString, _ piece: String, to bytes: inout [UInt8]) {
        var writer = JSONWriter()
        writer.beginObject()
        writer.plainKey(key)
        writer.string(piece)
        writer.endObject()
        append(delta: writer.bytes, to: &bytes)
    }

    private func appendArguments(_ piece: String, to bytes: inout [UInt8]) {
        var writer = JSONWriter()
        writer.raw(#"{"tool_calls":[{"index":"#)
        writer.bytes += String(max(0, calls[choice, default: 1] - 1)).utf8
        writer.bytes += #","function":{"arguments":"#.utf8
        var text = JSONWriter()
        text.string(piece)
        append(delta: writer.bytes + text.bytes + Array("}}]}".utf8), to: &bytes)
    }

    private func append(delta: JSON, to bytes: inout [UInt8]) {
        append(delta: delta.serialized(), to: &bytes)
    }

    private func append(
        delta: [UInt8],
        reason: String? = nil,
        tokens: [JSON]? = nil,
        to bytes: inout [UInt8]
    ) {
        bytes += opening
        bytes += "{\"index\":".utf8
        if choice == 0 { bytes.append(UInt8(ascii: "0")) } else { bytes += String(choice).utf8 }
        bytes += ",\"delta\":".utf8
        bytes += delta
        if let tokens {
            let probabilities: JSON = ["content": .array(tokens), "refusal": nil]
            bytes += ",\"logprobs\":".utf8
            bytes += probabilities.serialized()
        } else {
            bytes += ",\"logprobs\":null".utf8
        }
        bytes += ",\"finish_reason\":".utf8
        if let reason { bytes += "\"\(reason)\"".utf8 } else { bytes += "null".utf8 }
        // With `include_usage` every chunk but the last carries a null usage.
        bytes += (includesUsage ? "}],\"usage\":null}\n\n" : "}]}\n\n").utf8
    }
}
