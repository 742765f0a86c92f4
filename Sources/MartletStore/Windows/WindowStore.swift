public import MartletCore
import SQL

/// The windows database: what must be counted together by all processes, and is worthless after a reboot.
///
/// It is opened when it is first used, and anew after a failure or when the file was deleted, so that it
/// heals as soon as the cause is gone. Nobody may delete the files of a live database one by one.
///
/// Safe from any thread.
public final class WindowStore: Sendable {
    private static let migrator = SQLMigrator([
        SQLMigrator.Step(
            "0001 windows",
            [
                """
                CREATE TABLE rate_window (
                    subject TEXT PRIMARY KEY, newest BIGINT NOT NULL, state BLOB NOT NULL
                )
                """
            ]
        )
    ])

    private let folder: WindowFolder
    private let database: HealingDatabase

    /// Names the folder; nothing is opened yet.
    ///
    /// - Parameters:
    ///   - folder: without a slash at its end; its last part is made when it is missing.
    ///   - busyLimit: how long to wait for other processes.
    public init(folder: String, busyLimit: Duration = .seconds(1)) {
        let folder = WindowFolder(path: folder)
        self.folder = folder
        database = HealingDatabase { try Self.open(folder, busyLimit: busyLimit) }
    }

    /// Runs `body` with the right to write, as a whole or not at all, one process at a time.
    ///
    /// - Throws: `StoreError` by cause, or what `body` throws, in which case nothing has changed.
    public func write<Result>(
        _ body: (WindowTable) throws(StoreError) -> Result
    ) throws(StoreError) -> Result {
        try database.use { database in
            try database.write { try body(WindowTable(connection: $0)) }
        }
    }

    /// Runs `body` on one consistent state, without waiting for writers.
    ///
    /// - Throws: `StoreError` by cause, or what `body` throws.
    public func read<Result>(
        _ body: (WindowTable) throws(StoreError) -> Result
    ) throws(StoreError) -> Result {
        try database.use { database in
            try database.read { try body(WindowTable(connection: $0)) }
        }
    }

    /// Forgets subjects that were last admitted at or before `newest`, and empties the write-ahead log.
    ///
    /// For the housekeeper, every second or so. Returns false when another process is at it.
    ///
    /// - Throws: `StoreError` by cause.
    public func housekeep(forgettingIdleSince newest: Instant) throws(StoreError) -> Bool {
        try database.use { database in
            guard let lock = try FileLock(path: folder.housekeepingLockPath, mode: .exclusive) else {
                return false
            }
            try purge(database, idleSince: newest)
            try database.checkpoint(holding: lock)
            return true
        }
    }

    /// Searches without the write lock and deletes in small portions, so that requests wait little.
    private func purge(_ database: SQLDatabase, idleSince newest: Instant) throws {
        while true {
            let idle = try database.read { try WindowTable(connection: $0).idleSubjects(since: newest) }
            guard !idle.isEmpty else { return }
            try database.write { connection in
                let table = WindowTable(connection: connection)
                for subject in idle { try table.remove(subject, idleSince: newest) }
            }
        }
    }

    private static func open(
        _ folder: WindowFolder,
        busyLimit: Duration
    ) throws -> HealingDatabase.Opened {
        let boot = try WindowFolder.bootIdentifier()
        folder.make()
        folder.removeStale(keeping: boot)
        let path = folder.databasePath(boot: boot)
        // It tells other machines that this boot is alive.
        let presence = try FileLock(path: folder.presencePath(boot: boot), mode: .shared)
        let database = SQLDatabase(
            SQLiteLocation(path: path, durability: .processDeath, busyLimit: busyLimit)
        )
        try migrator.migrate(database)
        return HealingDatabase.Opened(database: database, path: path, presence: presence)
    }
}
