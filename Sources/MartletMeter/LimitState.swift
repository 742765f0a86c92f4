/// Where a subject stands with one of its limits: for the `x-ratelimit-…` fields of an answer.
public struct LimitState: Sendable, Equatable {
    /// Who is limited.
    public let subject: LimitSubject
    /// What is counted.
    public let unit: LimitUnit
    /// How much is allowed in any 60 seconds.
    public let limit: Int
    /// How much is left now; never negative.
    public let remaining: Int
    /// When everything is left again, if nothing more is asked for.
    public let reset: Duration
}

extension [LimitState] {
    /// The state of the subject that has the least left of `unit`: the one worth telling a client.
    public func tightest(_ unit: LimitUnit) -> LimitState? {
        var tightest: Int?
        for index in indices where self[index].unit == unit {
            if let known = tightest, self[known].remaining <= self[index].remaining { continue }
            tightest = index
        }
        return tightest.map { self[$0] }
    }
}
