public import Logging
public import MartletAccounts
import MartletCore
public import MartletMeter

/// Who may ask, what it costs, and where it is written down.
///
/// Made once, in `Composition`; safe from any thread.
public struct Books: Sendable {
    /// Whose key it is.
    let authenticator: Authenticator
    /// Sets money aside and books what was spent.
    public let ledger: QuotaLedger
    /// What models cost.
    let prices: PriceTable
    /// Writes down what callers took whose money is not counted.
    public let usage: UsageQueue
    /// How many tokens an answer is taken to have at most, where neither the request nor the model says.
    let assumedOutput: Int
    /// The time in milliseconds since 1970.
    let now: @Sendable () -> Int
    let logger: Logger

    /// Puts the parts together; see the properties.
    public init(
        authenticator: Authenticator,
        ledger: QuotaLedger,
        prices: PriceTable,
        usage: UsageQueue,
        assumedOutput: Int,
        now: @escaping @Sendable () -> Int,
        logger: Logger
    ) {
        self.authenticator = authenticator
        self.ledger = ledger
        self.prices = prices
        self.usage = usage
        self.assumedOutput = assumedOutput
        self.now = now
        self.logger = logger
    }
}
