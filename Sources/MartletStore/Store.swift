import MartletCore
import SQL
import Threading

/// The main database: what must not be lost, kept for days, shared by all processes.
///
/// It is opened, made and brought up to date when it is first used, and anew after a failure or when the file was
/// deleted, so that it heals as soon as the cause is gone.
///
/// Safe from any thread.
public final class Store: Sendable {
    private struct Opened {
        let database: SQLDatabase
        let identity: FileIdentity
    }

    private let path: String
    private let busyLimit: Duration
    private let opened = Guarded<Opened?>(nil)

    /// Names the file; nothing is opened yet.
    ///
    /// - Parameters:
    ///   - path: where the file is or will be; its folder must exist.
    ///   - busyLimit: how long to wait for other processes.
    public init(path: String, busyLimit: Duration = .seconds(5)) {
        self.path = path
        self.busyLimit = busyLimit
    }

    /// Runs `body` with the right to write, as a whole or not at all, one process at a time.
    ///
    /// - Throws: `StoreError` by cause, or what `body` throws, in which case nothing has changed.
    public func write<Result>(_ body: (StoreTables) throws(StoreError) -> Result) throws(StoreError) -> Result
    {
        try attempt { database in
            try database.write { try body(StoreTables(connection: $0)) }
        }
    }

    /// Runs `body` on one consistent state, without waiting for writers.
    ///
    /// - Throws: `StoreError` by cause, or what `body` throws.
    public func read<Result>(_ body: (StoreTables) throws(StoreError) -> Result) throws(StoreError) -> Result
    {
        try attempt { database in
            try database.read { try body(StoreTables(connection: $0)) }
        }
    }

    /// Deletes what has expired at `now`, in seconds since 1970, and empties the write-ahead log.
    ///
    /// For the housekeeper, every few seconds. Does nothing as long as nobody has made the database. Returns false
    /// then, and when another process is at it.
    ///
    /// - Throws: `StoreError` by cause.
    public func housekeep(now: Int) throws(StoreError) -> Bool {
        guard FileIdentity(path: path) != nil else { return false }
        return try attempt { database in
            guard let lock = try FileLock(path: path + ".lock", mode: .exclusive) else { return false }
            // In small portions, so that requests wait little.
            while try database.write({ try StoreTables(connection: $0).purge(now: now) }) {}
            try database.checkpoint(holding: lock)
            return true
        }
    }

    private func attempt<Result>(_ body: (SQLDatabase) throws -> Result) throws(StoreError) -> Result {
        do {
            return try body(try database())
        } catch {
            let error = StoreError(error)
            if error.asksForReopening { close() }
            throw error
        }
    }

    /// The open database; opens it when there is none, or when its path leads to another file or to none.
    private func database() throws(StoreError) -> SQLDatabase {
        if let known = opened.withLock({ $0 }), known.identity == FileIdentity(path: path) {
            return known.database
        }
        return try opened.withLock { opened throws(StoreError) in
            if let known = opened, known.identity == FileIdentity(path: path) { return known.database }
            opened = nil
            let fresh = try open()
            opened = fresh
            return fresh.database
        }
    }

    private func open() throws(StoreError) -> Opened {
        do {
            let database = SQLDatabase(
                SQLiteLocation(path: path, durability: .powerLoss, busyLimit: busyLimit)
            )
            try Migrations.migrator.migrate(database)
            guard let identity = FileIdentity(path: path) else {
                throw StoreError.unreachable("\(path) vanished")
            }
            return Opened(database: database, identity: identity)
        } catch {
            throw StoreError(error)
        }
    }

    private func close() {
        let closed = opened.withLock { opened in
            defer { opened = nil }
            return opened
        }
        _ = closed  // released here, outside the lock
    }
}
