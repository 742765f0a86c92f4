import MartletCore
public import MartletStore
import Threading

/// The prices that are set while the service runs, as of the last change that a request saw.
///
/// Safe from any thread.
public final class ManagedPrices: Sendable {
    private let kept = Guarded<[PriceTable.Rule]>([])

    /// Begins without any.
    public init() {}

    /// What there is, in the order in which they are tried.
    var rules: [PriceTable.Rule] { kept.withLock { $0 } }

    /// Takes what the database has now.
    public func replace(by rows: [StoredPriceTable.Row]) {
        let rules = rows.map {
            PriceTable.Rule(channel: $0.channel, model: NamePattern($0.model), price: $0.price)
        }
        kept.withLock { $0 = rules }
    }
}
