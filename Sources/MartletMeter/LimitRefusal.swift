/// Which limit a request ran into.
public struct LimitRefusal: Sendable, Equatable {
    /// Whose limit it is; of several the one that holds longest.
    public let subject: LimitSubject
    /// What is counted.
    public let unit: LimitUnit
    /// How much is allowed in any 60 seconds.
    public let limit: Int
    /// How much of it is used now.
    public let used: Int
    /// How much the request would have added.
    public let requested: Int
    /// Where every subject of the request stands.
    public let states: [LimitState]
}
