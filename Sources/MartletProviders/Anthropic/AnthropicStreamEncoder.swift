import MartletCore

/// Writes Anthropic's events of a message.
///
/// ```
/// message_start
/// content_block_start, ping, content_block_delta …, content_block_stop     for each block
/// message_delta, message_stop                                              or error
/// ```
struct AnthropicStreamEncoder: ChatEncoder {
    /// The block that is being written.
    private enum Block {
        case none
        case text
        case thinking
        case call
    }

    private let model: ModelName
    private let promptTokens: TokenCount
    private var hasBegun = false
    private var open = Block.none
    private var blocks = 0
    private var reason = FinishReason.stop
    /// Only the first answer has a place here.
    private var isFirstChoice = true

    init(_ request: ChatRequest) {
        model = request.model
        promptTokens = request.promptTokens
    }

    mutating func encode(_ event: ChatEvent, into bytes: inout [UInt8]) {
        if case .choice(let number) = event { isFirstChoice = number == 0 }
        guard isFirstChoice else { return }
        begin(into: &bytes)
        switch event {
        case .text(let piece), .refusal(let piece):
            openText(into: &bytes)
            deltaText(piece, into: &bytes)
        case .reasoning(let piece):
            openThinking(into: &bytes)
            delta(["type": "thinking_delta", "thinking": .string(piece)], into: &bytes)
        case .reasoningSignature(let signature):
            openThinking(into: &bytes)
            let text = signature.spelled(in: .anthropic)
            delta(["type": "signature_delta", "signature": .string(text)], into: &bytes)
            close(into: &bytes)
        case .redactedReasoning(let redacted):
            close(into: &bytes)
            start(["type": "redacted_thinking", "data": .string(redacted)], into: &bytes)
            stop(into: &bytes)
        case .toolCall(let call):
            if let signature = call.signature {
                // There is no place for it in the call: an empty thought before it carries it.
                encode(.reasoningSignature(signature), into: &bytes)
            }
            close(into: &bytes)
            start(AnthropicMessage.toolUse(call, input: [:]), into: &bytes)
            open = .call
            if !call.arguments.isEmpty { deltaArguments(call.arguments, into: &bytes) }
        case .arguments(let piece):
            if open == .call { deltaArguments(piece, into: &bytes) }
        case .media(let media):
            openText(into: &bytes)
            deltaText("![](\(MediaSpelling.address(media)?.stringValue ?? ""))", into: &bytes)
        case .choiceFinished(let reason), .finished(let reason):
            self.reason = reason
        case .choice, .logProbabilities, .carried, .usage:
            break  // the usage comes last, from `finish`
        }
    }

    mutating func finish(usage: TokenUsage, into bytes: inout [UInt8]) {
        begin(into: &bytes)
        if blocks == 0 { openText(into: &bytes) }
        close(into: &bytes)
        let delta: JSON = [
            "stop_reason": AnthropicMessage.stopReason(reason),
            "stop_sequence": AnthropicMessage.stopText(reason),
        ]
        write("message_delta", ["delta": delta, "usage": AnthropicMessage.usage(usage)], into: &bytes)
        write("message_stop", [:], into: &bytes)
    }

    mutating func fail(_ error: GatewayError, request: RequestID, into bytes: inout [UInt8]) {
        EventWriter.write(
            data: AnthropicErrors.body(of: error, request: request).serialized(),
            name: "error",
            into: &bytes
        )
    }

    /// Anthropic's own heartbeat; before the first event only a comment is harmless.
    mutating func heartbeat(into bytes: inout [UInt8]) {
        guard hasBegun else { return EventWriter.comment("waiting", into: &bytes) }
        write("ping", [:], into: &bytes)
    }

    private mutating func begin(into bytes: inout [UInt8]) {
        guard !hasBegun else { return }
        hasBegun = true
        var message = AnthropicMessage.opening(model: model)
        message["usage"] = AnthropicMessage.usage(TokenUsage(input: promptTokens, output: 0))
        write("message_start", ["message": .object(message)], into: &bytes)
    }

    private mutating func openText(into bytes: inout [UInt8]) {
        guard open != .text else { return }
        close(into: &bytes)
        start(["type": "text", "text": ""], into: &bytes)
        open = .text
    }

    private mutating func openThinking(into bytes: inout [UInt8]) {
        guard open != .thinking else { return }
        close(into: &bytes)
        start(["type": "thinking", "thinking": "", "signature": ""], into: &bytes)
        open = .thinking
    }

    private mutating func close(into bytes: inout [UInt8]) {
        guard open != .none else { return }
        open = .none
        stop(into: &bytes)
    }

    private mutating func start(_ block: JSON, into bytes: inout [UInt8]) {
        write("content_block_start", ["index": JSON(blocks), "content_block": block], into: &bytes)
        if blocks == 0 { write("ping", [:], into: &bytes) }
        blocks += 1
    }

    /// Text, which is what nearly all events are: written without a detour.
    private func deltaText(_ piece: String, into bytes: inout [UInt8]) {
        delta(type: "text_delta", key: "text", piece, into: &bytes)
    }

    private func deltaArguments(_ piece: String, into bytes: inout [UInt8]) {
        delta(type: "input_json_delta", key: "partial_json", piece, into: &bytes)
    }

    private func delta(type: StaticString, key: StaticString, _ piece: String, into bytes: inout [UInt8]) {
        var writer = JSONWriter(capacity: 96 + piece.utf8.count)
        writer.beginObject()
        writer.raw(#""type":"content_block_delta""#)
        writer.plainKey("index")
        writer.int(blocks - 1)
        writer.plainKey("delta")
        writer.beginObject()
        writer.plainKey("type")
        writer.string("\(type)")
        writer.plainKey(key)
        writer.string(piece)
        writer.endObject()
        writer.endObject()
        EventWriter.write(data: writer.bytes, name: "content_block_delta", into: &bytes)
    }

    private func delta(_ delta: JSON, into bytes: inout [UInt8]) {
        write("content_block_delta", ["index": JSON(blocks - 1), "delta": delta], into: &bytes)
    }

    private func stop(into bytes: inout [UInt8]) {
        write("content_block_stop", ["index": JSON(blocks - 1)], into: &bytes)
    }

    private func write(_ type: String, _ members: JSONObject, into bytes: inout [UInt8]) {
        var event: JSONObject = ["type": .string(type)]
        for (key, value) in members { event[key] = value }
        EventWriter.write(data: JSON.object(event).serialized(), name: type, into: &bytes)
    }
}
