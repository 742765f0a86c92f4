/// A subject and the rule that holds for it.
public struct LimitDemand: Sendable, Equatable {
    /// Who is limited.
    public var subject: LimitSubject
    /// To how much.
    public var rule: RateRule

    /// Makes a demand.
    public init(_ subject: LimitSubject, _ rule: RateRule) {
        self.subject = subject
        self.rule = rule
    }
}
