/// A whole answer.
public struct ChatResponse: Sendable, Equatable {
    /// The answer's text.
    public var text: String
    /// Why it ended.
    public var finishReason: FinishReason
    /// What it took.
    public var usage: TokenUsage

    /// Makes an answer.
    public init(text: String, finishReason: FinishReason, usage: TokenUsage) {
        self.text = text
        self.finishReason = finishReason
        self.usage = usage
    }
}
