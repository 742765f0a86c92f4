public import Logging
public import MartletAccounts
import MartletCore
public import MartletMeter
public import MartletStore

/// Who may ask, what it costs, and where it is written down.
///
/// Made once, in `Composition`; safe from any thread.
public struct Books: Sendable {
    let store: Store
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
        store: Store,
        authenticator: Authenticator,
        ledger: QuotaLedger,
        prices: PriceTable,
        usage: UsageQueue,
        assumedOutput: Int,
        now: @escaping @Sendable () -> Int,
        logger: Logger
    ) {
        self.store = store
        self.authenticator = authenticator
        self.ledger = ledger
        self.prices = prices
        self.usage = usage
        self.assumedOutput = assumedOutput
        self.now = now
        self.logger = logger
    }

    /// Moves with every change of a channel.
    ///
    /// - Throws: `GatewayError` of kind `unavailable` when the database fails.
    func channelRevision() throws(GatewayError) -> Int64 {
        do {
            return try store.read { tables throws(StoreError) in try tables.channels.revision() }
        } catch {
            throw GatewayError(.unavailable, "The channels cannot be read at the moment.", detail: "\(error)")
        }
    }

    /// An account's request; nil where there is none.
    ///
    /// - Throws: `GatewayError` of kind `unavailable` when the database fails.
    func request(_ id: String, of account: AccountID) throws(GatewayError) -> UsageTable.Row? {
        do {
            try store.gatherUsage()
            return try store.read { tables throws(StoreError) in
                try tables.usage.row(of: id, account: account)
            }
        } catch {
            throw GatewayError(
                .unavailable,
                "The books cannot be read at the moment.",
                detail: "\(error)",
                retryAfter: .seconds(5)
            )
        }
    }
}
