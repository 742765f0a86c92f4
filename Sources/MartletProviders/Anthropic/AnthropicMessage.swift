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

    /// What an answer took.
    static func usage(_ usage: TokenUsage) -> JSON {
        ["input_tokens": JSON(usage.input.value), "output_tokens": JSON(usage.output.value)]
    }
}
