/// How much a subject may do in any 60 seconds.
public struct RateRule: Sendable, Equatable {
    /// Requests in any 60 seconds; nil means without a limit.
    public var requestsPerMinute: Int?
    /// Tokens in any 60 seconds; nil means without a limit.
    public var tokensPerMinute: Int?

    /// Makes a rule; what is left out has no limit.
    public init(requestsPerMinute: Int? = nil, tokensPerMinute: Int? = nil) {
        self.requestsPerMinute = requestsPerMinute
        self.tokensPerMinute = tokensPerMinute
    }

    /// The limit of a unit; nil means without a limit.
    func limit(of unit: LimitUnit) -> Int? {
        switch unit {
        case .requests: requestsPerMinute
        case .tokens: tokensPerMinute
        }
    }
}
