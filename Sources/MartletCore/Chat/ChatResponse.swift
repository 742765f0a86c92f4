/// A whole answer.
public struct ChatResponse: Sendable, Equatable {
    /// The answers, by number; never empty.
    public var choices: [ChatChoice]
    /// What all of them took.
    public var usage: TokenUsage

    /// Makes an answer; none at all becomes an empty one.
    public init(choices: [ChatChoice], usage: TokenUsage) {
        self.choices = choices.isEmpty ? [ChatChoice()] : choices
        self.usage = usage
    }

    /// Makes an answer of a text and calls.
    public init(
        text: String,
        toolCalls: [ToolCall] = [],
        finishReason: FinishReason,
        usage: TokenUsage
    ) {
        let said: [Part] = text.isEmpty ? [] : [.text(text)]
        let choice = ChatChoice(parts: said + toolCalls.map { .toolCall($0) }, finishReason: finishReason)
        self.init(choices: [choice], usage: usage)
    }

    /// The first answer, which is mostly the only one.
    public var first: ChatChoice { choices[0] }
    /// The first answer's text.
    public var text: String { first.text }
    /// The tools that the first answer asks for, in order.
    public var toolCalls: [ToolCall] { first.toolCalls }
    /// Why the first answer ended.
    public var finishReason: FinishReason { first.finishReason }
}
