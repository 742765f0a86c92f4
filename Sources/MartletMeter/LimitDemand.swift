/// A subject and the rule that holds for it.
public struct LimitDemand: Sendable, Equatable {
    /// Who is limited.
    public var subject: LimitSubject
    /// To how much.
    public var rule: RateRule
    /// Whether the limit is looked at and nothing is counted: another event fills this window, such as a failed login.
    public var isOnlyChecked: Bool

    /// Makes a demand.
    public init(_ subject: LimitSubject, _ rule: RateRule, isOnlyChecked: Bool = false) {
        self.subject = subject
        self.rule = rule
        self.isOnlyChecked = isOnlyChecked
    }
}
