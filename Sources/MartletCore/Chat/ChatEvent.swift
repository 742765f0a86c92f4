/// What happens while an answer comes in, in nobody's dialect.
public enum ChatEvent: Sendable, Equatable {
    /// A piece of the answer's text.
    case text(String)
    /// A tool that the model asks for, whole.
    case toolCall(ToolCall)
    /// What it took, as the vendor reports it.
    case usage(TokenUsage)
    /// Why the answer ended. Once, and the last event of all: a decoder holds it back until a usage that the vendor
    /// sends behind it has come.
    case finished(FinishReason)

    /// Whether it is part of the answer itself: the first such event is the commit point, after which nothing is retried.
    public var isContent: Bool {
        switch self {
        case .text, .toolCall, .finished: true
        case .usage: false
        }
    }
}
