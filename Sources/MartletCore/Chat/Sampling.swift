/// How the next token is chosen.
///
/// A vendor that has no place for a field ignores it.
public struct Sampling: Sendable, Equatable {
    /// 0 to 2; higher is more varied.
    public var temperature: Double?
    /// 0 to 1: the share of probability that is considered.
    public var topP: Double?
    /// How many of the likeliest tokens are considered.
    public var topK: Int?
    /// How much likelier or less likely some tokens shall be, by their number; nil for none.
    public var bias: JSONObject?
    /// Whether the answer names the probabilities of its tokens.
    public var showsProbabilities = false
    /// Of how many of the likeliest tokens at each place.
    public var topProbabilities: Int?
    /// −2 to 2.
    public var frequencyPenalty: Double?
    /// −2 to 2.
    public var presencePenalty: Double?
    /// Texts at which generation ends.
    public var stop: [String]
    /// For repeatable answers, where a vendor offers them.
    public var seed: Int?

    /// Makes a choice of fields.
    public init(
        temperature: Double? = nil,
        topP: Double? = nil,
        frequencyPenalty: Double? = nil,
        presencePenalty: Double? = nil,
        stop: [String] = [],
        seed: Int? = nil
    ) {
        self.temperature = temperature
        self.topP = topP
        self.frequencyPenalty = frequencyPenalty
        self.presencePenalty = presencePenalty
        self.stop = stop
        self.seed = seed
    }
}
