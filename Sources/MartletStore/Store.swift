import MartletCore
import SQL

/// The main database: what must not be lost, kept for days, shared by all processes.
///
/// It is made and brought up to date when it is first used, and heals by itself; see `HealingDatabase`. Safe from any thread.
public final class Store: Sendable {
    private let path: String
    private let database: HealingDatabase

    /// Names the file; nothing is opened yet.
    ///
    /// - Parameters:
    ///   - path: where the file is or will be; its folder must exist.
    ///   - busyLimit: how long to wait for other processes.
    public init(path: String, busyLimit: Duration = .seconds(5)) {
        self.path = path
        let location = SQLiteLocation(path: path, durability: .powerLoss, busyLimit: busyLimit)
        database = HealingDatabase {
            let database = SQLDatabase(location)
            try Migrations.migrator.migrate(database)
            return HealingDatabase.Opened(database: database, path: path)
        }
    }

    /// Runs `body` with the right to write, as a whole or not at all, one process at a time.
    ///
    /// - Throws: `StoreError` by cause, or what `body` throws, in which case nothing has changed.
    public func write<Result>(_ body: (StoreTables) throws(StoreError) -> Result) throws(StoreError) -> Result
    {
        try database.use { database in
            try database.write { try body(StoreTables(connection: $0)) }
        }
    }

    /// Runs `body` on one consistent state, without waiting for writers.
    ///
    /// - Throws: `StoreError` by cause, or what `body` throws.
    public func read<Result>(_ body: (StoreTables) throws(StoreError) -> Result) throws(StoreError) -> Result
    {
        try database.use { database in
            try database.read { try body(StoreTables(connection: $0)) }
        }
    }

    /// Brings what requests took to where it is looked up; for whoever looks.
    ///
    /// - Throws: `StoreError` by cause.
    public func gatherUsage() throws(StoreError) {
        guard try read({ tables throws(StoreError) in try tables.usage.beginningOfJournal() }) != nil else {
            return
        }
        try write { tables throws(StoreError) in try tables.usage.gather() }
    }

    /// The same for the housekeepers of all processes, one at a time, and not more often than is worth it.
    ///
    /// - Parameters:
    ///   - now: the time in milliseconds since 1970.
    ///   - age: how old the first row is to be, in milliseconds.
    /// - Returns: false when another process is at it, and as long as nobody has made the database.
    /// - Throws: `StoreError` by cause.
    public func gatherUsageUnlessBusy(now: Int, age: Int) throws(StoreError) -> Bool {
        guard FileIdentity(path: path) != nil else { return false }
        return try database.use { database in
            guard let lock = try FileLock(path: path + ".lock", mode: .exclusive) else { return false }
            defer { withExtendedLifetime(lock) {} }
            let beginning = try database.read {
                try StoreTables(connection: $0).usage.beginningOfJournal()
            }
            // A clock that was set back must not keep them for ever.
            guard let beginning, abs(now - beginning) >= age else { return true }
            try database.write { try StoreTables(connection: $0).usage.gather() }
            return true
        }
    }

    /// Deletes what has expired, and empties the write-ahead log.
    ///
    /// For the housekeeper, every few seconds. Does nothing as long as nobody has made the database. Returns false
    /// then, and when another process is at it.
    ///
    /// - Parameters:
    ///   - now: the time in seconds since 1970.
    ///   - moment: rows of requests from before it are deleted, in milliseconds since 1970.
    /// - Returns: whether it was done.
    /// - Throws: `StoreError` by cause.
    public func housekeep(now: Int, keepingUsageSince moment: Int = 0) throws(StoreError) -> Bool {
        guard FileIdentity(path: path) != nil else { return false }
        return try database.use { database in
            guard let lock = try FileLock(path: path + ".lock", mode: .exclusive) else { return false }
            // In small portions, so that requests wait little.
            while try database.write({ try StoreTables(connection: $0).purge(now: now) }) {}
            while try database.write({ try StoreTables(connection: $0).usage.purge(before: moment) }) {}
            try database.checkpoint(holding: lock)
            return true
        }
    }
}
