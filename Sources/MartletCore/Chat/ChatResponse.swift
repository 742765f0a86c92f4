/// A whole answer.
public struct ChatResponse: Sendable, Equatable {
    /// The answer's text.
    public var text: String
    /// The tools that the model asks for, in order.
    public var toolCalls: [ToolCall]
    /// Why it ended.
    public var finishReason: FinishReason
    /// What it took.
    public var usage: TokenUsage

    /// Makes an answer.
    public init(
        text: String,
        toolCalls: [ToolCall] = [],
        finishReason: FinishReason,
        usage: TokenUsage
    ) {
        self.text = text
        self.toolCalls = toolCalls
        self.finishReason = finishReason
        self.usage = usage
    }
}
