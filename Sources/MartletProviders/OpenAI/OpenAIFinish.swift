import MartletCore

/// OpenAI's words for the end of an answer.
enum OpenAIFinish {
    /// `stop`, `length`, `tool_calls` or `content_filter`.
    static func word(_ reason: FinishReason) -> String {
        switch reason {
        case .stop, .stopText, .pause: "stop"
        case .length: "length"
        case .toolCalls: "tool_calls"
        case .contentFilter, .refusal: "content_filter"
        }
    }
}
