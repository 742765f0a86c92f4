/// Why an answer ended.
public enum FinishReason: String, Sendable, Equatable {
    /// The model came to its end, or to a stop text.
    case stop
    /// The token limit was reached.
    case length
    /// The model asks for tools to be called.
    case toolCalls = "tool_calls"
    /// The vendor withheld the rest.
    case contentFilter = "content_filter"
}
