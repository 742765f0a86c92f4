import MartletCore

/// The pieces of Anthropic's `message` object.
enum AnthropicMessage {
    /// A message in which nothing has been said.
    static func opening(model: ModelName) -> JSONObject {
        [
            "id": .string("msg_" + RandomText.alphanumeric(24)), "type": "message", "role": "assistant",
            "model": .string(model.text), "content": [], "stop_reason": nil, "stop_sequence": nil,
            "usage": ["input_tokens": 0, "output_tokens": 0],
        ]
    }

    /// A call as a block.
    static func toolUse(_ call: ToolCall, input: JSON) -> JSON {
        // The SDKs of other makers check the beginning of the id.
        let id = call.id.hasPrefix("call_") ? "toolu_" + call.id.dropFirst(5) : call.id
        return [
            "type": "tool_use", "id": .string(id), "name": .string(call.name),
            "input": input.objectValue == nil ? [:] : input,
        ]
    }

    /// Anthropic's word for the end of an answer.
    static func stopReason(_ reason: FinishReason) -> JSON {
        switch reason {
        case .stop: "end_turn"
        case .stopText: "stop_sequence"
        case .length: "max_tokens"
        case .toolCalls: "tool_use"
        case .contentFilter, .refusal: "refusal"
        case .pause: "pause_turn"
        }
    }

    /// Which of the client's stop texts it was; null for none.
    static func stopText(_ reason: FinishReason) -> JSON {
        if case .stopText(let text) = reason { .string(text) } else { .null }
    }

    /// A whole answer's blocks.
    static func blocks(of choice: ChatChoice) -> [JSON] {
        choice.parts.flatMap { part -> [JSON] in
            switch part {
            case .text(let text), .refusal(let text): [["type": "text", "text": .string(text)]]
            case .reasoning(let trace): [thinking(trace)]
            case .toolCall(let call):
                // There is no place for a seal in the call: an empty thought before it carries it.
                (call.signature.map { [thinking(ReasoningTrace(signature: $0))] } ?? [])
                    + [toolUse(call, input: (try? JSON.parse(call.arguments)) ?? [:])]
            case .media(let media):
                [
                    [
                        "type": "text",
                        "text": .string("![](\(MediaSpelling.address(media)?.stringValue ?? ""))"),
                    ]
                ]
            case .toolResult, .cachePoint: []
            }
        }
    }

    private static func thinking(_ trace: ReasoningTrace) -> JSON {
        if let redacted = trace.redacted { return ["type": "redacted_thinking", "data": .string(redacted)] }
        return [
            "type": "thinking", "thinking": .string(trace.text),
            "signature": .string(trace.signature?.spelled(in: .anthropic) ?? ""),
        ]
    }

    /// What an answer took; what came from a cache and went there stands beside the input, not in it.
    static func usage(_ usage: TokenUsage) -> JSON {
        let written = usage.cacheWrite + usage.hourCacheWrite
        let fresh = usage.input - usage.cachedInput - written
        var object: JSONObject = [
            "input_tokens": JSON(max(0, fresh.value)), "output_tokens": JSON(usage.output.value),
        ]
        guard usage.cachedInput > 0 || written > 0 else { return .object(object) }
        object["cache_read_input_tokens"] = JSON(usage.cachedInput.value)
        object["cache_creation_input_tokens"] = JSON(written.value)
        object["cache_creation"] = [
            "ephemeral_5m_input_tokens": JSON(usage.cacheWrite.value),
            "ephemeral_1h_input_tokens": JSON(usage.hourCacheWrite.value),
        ]
        return .object(object)
    }
}
