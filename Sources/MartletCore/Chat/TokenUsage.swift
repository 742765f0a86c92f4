/// How many tokens a request took.
public struct TokenUsage: Sendable, Equatable {
    /// Tokens of the prompt.
    public var input: TokenCount
    /// Tokens of the answer.
    public var output: TokenCount

    /// Makes a usage.
    public init(input: TokenCount, output: TokenCount) {
        self.input = input
        self.output = output
    }

    /// Both together.
    public var total: TokenCount { input + output }

    /// What two requests took together.
    public static func + (one: TokenUsage, other: TokenUsage) -> TokenUsage {
        TokenUsage(input: one.input + other.input, output: one.output + other.output)
    }
}
