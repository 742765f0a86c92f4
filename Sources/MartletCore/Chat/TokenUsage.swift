/// How many tokens a request took.
///
/// `input` and `output` are all of them; the others say of what kind some of these were.
public struct TokenUsage: Sendable, Equatable {
    /// Tokens of the prompt, those from and for a cache included.
    public var input: TokenCount
    /// Tokens of the answer, those of thinking included.
    public var output: TokenCount
    /// Of the input: read from the vendor's prompt cache.
    public var cachedInput: TokenCount = 0
    /// Of the input: written to the prompt cache for its usual time, five minutes at Anthropic.
    public var cacheWrite: TokenCount = 0
    /// Of the input: written to the prompt cache for an hour.
    public var hourCacheWrite: TokenCount = 0
    /// Of the input: sound.
    public var audioInput: TokenCount = 0
    /// Of the output: thinking.
    public var reasoning: TokenCount = 0
    /// Of the output: sound.
    public var audioOutput: TokenCount = 0
    /// Of the output: pictures.
    public var imageOutput: TokenCount = 0
    /// What it costs the caller, where that is told.
    public var cost: Credits?

    /// Makes a usage; the kinds have defaults.
    public init(input: TokenCount, output: TokenCount) {
        self.input = input
        self.output = output
    }

    /// No tokens.
    public static let none = TokenUsage(input: 0, output: 0)

    /// Both together.
    public var total: TokenCount { input + output }

    /// What two requests took together.
    public static func + (one: TokenUsage, other: TokenUsage) -> TokenUsage {
        var sum = TokenUsage(input: one.input + other.input, output: one.output + other.output)
        sum.cachedInput = one.cachedInput + other.cachedInput
        sum.cacheWrite = one.cacheWrite + other.cacheWrite
        sum.hourCacheWrite = one.hourCacheWrite + other.hourCacheWrite
        sum.audioInput = one.audioInput + other.audioInput
        sum.reasoning = one.reasoning + other.reasoning
        sum.audioOutput = one.audioOutput + other.audioOutput
        sum.imageOutput = one.imageOutput + other.imageOutput
        return sum
    }
}
