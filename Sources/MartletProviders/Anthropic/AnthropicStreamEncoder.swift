import MartletCore

/// Writes Anthropic's events of a message.
///
/// ```
/// message_start
/// content_block_start, ping, content_block_delta …, content_block_stop     for each block
/// message_delta, message_stop                                              or error
/// ```
struct AnthropicStreamEncoder: ChatEncoder {
    private let model: ModelName
    private let promptTokens: TokenCount
    private var hasBegun = false
    private var hasOpenText = false
    private var blocks = 0
    private var reason = FinishReason.stop

    init(_ request: ChatRequest) {
        model = request.model
        promptTokens = request.promptTokens
    }

    mutating func encode(_ event: ChatEvent, into bytes: inout [UInt8]) {
        begin(into: &bytes)
        switch event {
        case .text(let piece):
            openText(into: &bytes)
            delta(["type": "text_delta", "text": .string(piece)], into: &bytes)
        case .toolCall(let call):
            closeBlock(into: &bytes)
            start(AnthropicMessage.toolUse(call, input: [:]), into: &bytes)
            delta(["type": "input_json_delta", "partial_json": .string(call.arguments)], into: &bytes)
            stop(into: &bytes)
        case .finished(let reason):
            self.reason = reason
        case .choice, .choiceFinished, .refusal, .reasoning, .reasoningSignature, .redactedReasoning,
            .arguments,
            .media, .logProbabilities, .carried:
            break
        case .usage:
            break  // comes last, from `finish`
        }
    }

    mutating func finish(usage: TokenUsage, into bytes: inout [UInt8]) {
        begin(into: &bytes)
        if blocks == 0 { openText(into: &bytes) }
        closeBlock(into: &bytes)
        let delta: JSON = ["stop_reason": AnthropicMessage.stopReason(reason), "stop_sequence": nil]
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
        guard !hasOpenText else { return }
        start(["type": "text", "text": ""], into: &bytes)
        hasOpenText = true
    }

    private mutating func closeBlock(into bytes: inout [UInt8]) {
        guard hasOpenText else { return }
        hasOpenText = false
        stop(into: &bytes)
    }

    private mutating func start(_ block: JSON, into bytes: inout [UInt8]) {
        write("content_block_start", ["index": JSON(blocks), "content_block": block], into: &bytes)
        if blocks == 0 { write("ping", [:], into: &bytes) }
        blocks += 1
    }

    private mutating func delta(_ delta: JSON, into bytes: inout [UInt8]) {
        write("content_block_delta", ["index": JSON(blocks - 1), "delta": delta], into: &bytes)
    }

    private mutating func stop(into bytes: inout [UInt8]) {
        write("content_block_stop", ["index": JSON(blocks - 1)], into: &bytes)
    }

    private func write(_ type: String, _ members: JSONObject, into bytes: inout [UInt8]) {
        var event: JSONObject = ["type": .string(type)]
        for (key, value) in members { event[key] = value }
        EventWriter.write(data: JSON.object(event).serialized(), name: type, into: &bytes)
    }
}
