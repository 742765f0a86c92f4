import MartletCore

/// What a request asks of the limits.
struct AdmissionWish: Sendable {
    /// Different subjects and their rules.
    let demands: [LimitDemand]
    /// How many requests it counts for.
    let requests: Int
    /// How many tokens it counts for, by estimate.
    let tokens: TokenCount
    /// Whether it is counted when it fits; else the question alone is answered.
    var counts = true

    /// Checks what only a programmer can get wrong.
    init(_ demands: [LimitDemand], requests: Int, tokens: TokenCount, counts: Bool = true) {
        precondition(requests >= 0 && tokens >= 0, "amounts are not negative")
        for (index, demand) in demands.enumerated() {
            let others = demands[..<index]
            precondition(!others.contains { $0.subject == demand.subject }, "a subject is named twice")
        }
        self.demands = demands
        self.requests = requests
        self.tokens = tokens
        self.counts = counts
    }
}
