/// How the next token is chosen.
///
/// A vendor that has no place for a field ignores it.
public struct Sampling: Sendable, Equatable {
    /// 0 to 2; higher is more varied.
    public var temperature: Double?
    /// 0 to 1: the share of probability that is considered.
    public var topP: Double?
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
