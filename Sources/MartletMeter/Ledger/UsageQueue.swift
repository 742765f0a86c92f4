public import MartletStore
import Threading

/// Rows of callers whose money is not counted: written together, a second later at most.
///
/// A crash loses the rows of its last second, which are statistics; what is money goes through `QuotaLedger`. Safe from any
/// thread.
public final class UsageQueue: Sendable {
    /// So many rows are not left for the housekeeper.
    private static let longest = 500
    private let store: Store
    private let rows = Guarded<[UsageTable.Row]>([])

    /// Writes to a database.
    public init(store: Store) {
        self.store = store
    }

    /// What came behind the housekeeper's last round, for one that was replaced.
    deinit { try? write() }

    /// Takes a row.
    ///
    /// - Throws: `StoreError` where there are many, and they cannot be written; then they are lost.
    public func add(_ row: UsageTable.Row) throws(StoreError) {
        let count = rows.withLock { rows in
            rows.append(row)
            return rows.count
        }
        if count >= Self.longest { try write() }
    }

    /// Writes what there is.
    ///
    /// - Throws: `StoreError` by cause; then the rows are lost, for they must not fill the memory.
    public func write() throws(StoreError) {
        let waiting = rows.withLock { rows in
            defer { rows = [] }
            return rows
        }
        guard !waiting.isEmpty else { return }
        try store.write { tables throws(StoreError) in
            try tables.usage.add(waiting)
        }
    }
}
