/// Why an answer ended.
public enum FinishReason: Sendable, Equatable {
    /// The model came to its end, or to a stop text that its vendor does not name.
    case stop
    /// The model came to this one of the client's stop texts.
    case stopText(String)
    /// The token limit was reached.
    case length
    /// The model asks for tools to be called.
    case toolCalls
    /// The vendor withheld the rest.
    case contentFilter
    /// The model refused.
    case refusal
    /// The vendor took a break in a long turn: the client sends the answer back to go on.
    case pause
}
