/// When a key, or a model with a key, is left alone, and for how long.
public struct BreakerRule: Sendable, Equatable {
    /// So many failures in a row.
    public var failures: Int
    /// So large a share of the last minute's calls, of five or more.
    public var share: Double
    /// How long a model is left alone for the first time; each further time it is twice as long.
    public var open: Duration
    /// The longest time.
    public var openMax: Duration
    /// How long a key is left alone that was refused, or slowed down, so often, or has no credit.
    public var cooldown: Duration

    /// Makes a rule.
    public init(
        failures: Int = 3,
        share: Double = 0.5,
        open: Duration = .seconds(5),
        openMax: Duration = .seconds(300),
        cooldown: Duration = .seconds(900)
    ) {
        self.failures = failures
        self.share = share
        self.open = open
        self.openMax = openMax
        self.cooldown = cooldown
    }

    /// How long something is left alone that has been so before.
    func pause(openings: Int) -> Duration { min(open * (1 << min(openings, 20)), openMax) }
}
