/// A piece of a message.
public enum Part: Sendable, Equatable {
    case text(String)
    case refusal(String)
    case media(Media)
    /// What the model thought: in the assistant's messages alone.
    case reasoning(ReasoningTrace)
    case toolCall(ToolCall)
    case toolResult(ToolResult)
    /// Behind the part that it follows the prompt may be kept.
    case cachePoint(CachePoint)

    /// What is said, where it is said in words for the reader.
    public var saidText: String? {
        switch self {
        case .text(let text), .refusal(let text): text
        case .media, .reasoning, .toolCall, .toolResult, .cachePoint: nil
        }
    }
}
