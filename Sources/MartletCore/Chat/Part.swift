/// A piece of a message.
public enum Part: Sendable, Equatable {
    case text(String)
    case refusal(String)
    case media(Media)
    case toolCall(ToolCall)
    case toolResult(ToolResult)
}
