/// What happens while an answer comes in, in nobody's dialect.
public enum ChatEvent: Sendable, Equatable {
    /// What follows belongs to the answer with this number; at the beginning it is 0.
    case choice(Int)
    /// A piece of the answer's text.
    case text(String)
    /// A piece of the model's refusal.
    case refusal(String)
    /// A piece of what the model thinks.
    case reasoning(String)
    /// The seal on the thoughts so far; further thoughts are others. Without thoughts before it, it seals what follows.
    case reasoningSignature(ReasoningSignature)
    /// Thoughts that only their vendor can read.
    case redactedReasoning(String)
    /// A tool that the model asks for: whole, or its beginning, which `arguments` continue.
    case toolCall(ToolCall)
    /// More of the arguments of the last call.
    case arguments(String)
    /// A picture or a sound, whole.
    case media(Media)
    /// The probabilities of the tokens that come with it, in OpenAI's spelling: `{"token","logprob","bytes","top_logprobs"}`.
    case logProbabilities([JSON])
    /// What the vendor said besides, that nobody else has a place for, under the vendor's name:
    /// `{"google": {"grounding_metadata": …}}`.
    case carried(JSONObject)
    /// What it took, as the vendor reports it; a later one replaces it.
    case usage(TokenUsage)
    /// Why an answer ended that is not the last to end.
    case choiceFinished(FinishReason)
    /// Why the answer ended. Once, and the last event of all: a decoder holds it back until a usage that the vendor
    /// sends behind it has come.
    case finished(FinishReason)

    /// Whether it is part of the answer itself: the first such event is the commit point, after which nothing is retried.
    public var isContent: Bool {
        switch self {
        case .text, .refusal, .reasoning, .redactedReasoning, .toolCall, .arguments, .media, .choiceFinished,
            .finished:
            true
        case .choice, .reasoningSignature, .logProbabilities, .carried, .usage: false
        }
    }
}
