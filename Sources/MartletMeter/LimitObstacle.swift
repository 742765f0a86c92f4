/// A limit that stands against a request.
struct LimitObstacle: Comparable {
    /// Whose limit it is.
    let subject: LimitSubject
    /// What is counted.
    let unit: LimitUnit
    /// How much is allowed.
    let limit: Int
    /// How much of it is used now.
    let used: Int
    /// How much the request would add.
    let requested: Int
    /// How long it holds; nil means for ever.
    let wait: Duration?

    /// Whether the left one is gone earlier.
    static func < (left: Self, right: Self) -> Bool {
        guard let mine = left.wait else { return false }
        guard let other = right.wait else { return true }
        return mine < other
    }
}
