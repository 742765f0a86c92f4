public import MartletCore

extension Dialect {
    /// Chat Completions.
    public static let openAIChat = Dialect("openai-chat")
    /// The older Completions.
    public static let openAICompletions = Dialect("openai-completions")
    /// Responses.
    public static let openAIResponses = Dialect("openai-responses")
    /// Addresses without a conversation: embeddings, images, audio, moderations.
    public static let openAI = Dialect("openai")
}
