public import MartletCore

/// Counts the tokens of chat messages with what the chat format adds to their texts.
///
/// Each message adds 3 tokens, a name 1 more, and the reply is begun with 3 (`gpt-3.5-turbo-0301`: 4, and one less
/// for a name, which stands for the role). Source: OpenAI Cookbook, "How to count tokens with tiktoken".
/// Safe from any thread.
public struct MessageTokens: Sendable {
    /// What a conversation adds to its messages, once: the beginning of the reply.
    public static let replyPriming: TokenCount = 3

    private let counter: any TokenCounter
    private let perMessage: TokenCount
    private let perName: TokenCount

    /// Counts for the model `name` with the counter of its vocabulary.
    public init(model name: String, counter: any TokenCounter) {
        let isFirst = name == "gpt-3.5-turbo-0301"
        self.counter = counter
        perMessage = isFirst ? 4 : 3
        perName = isFirst ? -1 : 1
    }

    /// Counts one message: its role, its texts, its name, and what the format adds.
    public func count(role: String, texts: [String], name: String? = nil) -> TokenCount {
        var tokens = perMessage + counter.count(role)
        for text in texts { tokens += counter.count(text) }
        if let name { tokens += counter.count(name) + perName }
        return tokens
    }
}
