import CSQLite

/// A connection to a SQLite file.
///
/// Belongs to one borrower at a time, which is what `@unchecked Sendable` stands for: `SQLDatabase`'s pool is
/// the only thing that moves it between threads.
public final class SQLiteConnection: SQLConnection, @unchecked Sendable {
    private let handle: OpaquePointer
    private let wait: SQLiteBusyWait
    /// By the address of the text: a literal does not move.
    private var statements: [UnsafePointer<UInt8>: SQLiteStatement] = [:]

    /// Opens a file and makes it if it is missing; its folder must exist.
    ///
    /// - Throws: `SQLError` by cause.
    public convenience init(_ location: SQLiteLocation) throws(SQLError) {
        try self.init(location, journal: SQLiteJournal.suiting(path: location.path))
    }

    /// Opens a file with a journal of the caller's choice.
    ///
    /// - Throws: `SQLError` by cause.
    init(_ location: SQLiteLocation, journal: SQLiteJournal) throws(SQLError) {
        var opened: OpaquePointer?
        let flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE
        let code = sqlite3_open_v2(location.path, &opened, flags, nil)
        guard code == SQLITE_OK, let opened else {
            let error = SQLError(code: code, on: opened)
            sqlite3_close_v2(opened)
            throw error
        }
        handle = opened
        wait = SQLiteBusyWait(limit: location.busyLimit)
        wait.install(on: opened)
        try insist { () throws(SQLError) in try setPageSize(location.pageSize) }
        try configure(journal, location.durability)
    }

    deinit {
        statements.removeAll()
        sqlite3_close_v2(handle)
    }

    /// Runs one statement and returns all of its rows.
    ///
    /// - Throws: `SQLError` by cause.
    public func rows(_ sql: StaticString, binding values: [SQLValue]) throws(SQLError) -> [SQLRow] {
        var rows: [SQLRow] = []
        try statement(sql).run(values, on: handle) { rows.append($0.row) }
        return rows
    }

    /// Runs one statement that inserts, changes or deletes, and returns how many rows it did that to.
    ///
    /// - Throws: `SQLError` by cause.
    public func execute(_ sql: StaticString, binding values: [SQLValue]) throws(SQLError) -> Int {
        let before = sqlite3_total_changes64(handle)
        try statement(sql).run(values, on: handle) { _ in }
        // `sqlite3_changes` would repeat an older statement's number after one that changes no rows.
        return sqlite3_total_changes64(handle) == before ? 0 : Int(sqlite3_changes64(handle))
    }

    /// Runs `body` as a whole or not at all; transactions do not nest.
    ///
    /// - Throws: `SQLError`, or what `body` throws, in which case nothing has changed.
    public func transaction<Result>(_ kind: TransactionKind, _ body: () throws -> Result) throws -> Result {
        precondition(sqlite3_get_autocommit(handle) != 0, "transactions do not nest")
        switch kind {
        case .reading: try execute("BEGIN DEFERRED")
        case .writing: try execute("BEGIN IMMEDIATE")
        }
        do {
            let result = try body()
            try execute("COMMIT")
            return result
        } catch {
            try rollBack()
            throw error
        }
    }

    private func rollBack() throws(SQLError) {
        // A full disk, for one, has SQLite roll back by itself.
        guard sqlite3_get_autocommit(handle) == 0 else { return }
        try execute("ROLLBACK")
    }

    private func statement(_ sql: StaticString) throws(SQLError) -> SQLiteStatement {
        if let known = statements[sql.utf8Start] { return known }
        let prepared = try SQLiteStatement(sql, on: handle)
        statements[sql.utf8Start] = prepared
        return prepared
    }

    private func configure(
        _ journal: SQLiteJournal,
        _ durability: SQLiteLocation.Durability
    ) throws(SQLError) {
        // One owner checkpoints, never a request: see `SQLDatabase.checkpoint`.
        _ = try rows("PRAGMA wal_autocheckpoint=0")
        _ = try rows("PRAGMA journal_size_limit=67108864")
        _ = try rows("PRAGMA foreign_keys=ON")
        switch journal {
        case .writeAheadLog: try insist { () throws(SQLError) in _ = try rows("PRAGMA journal_mode=WAL") }
        case .rollback: try insist { () throws(SQLError) in _ = try rows("PRAGMA journal_mode=TRUNCATE") }
        }
        switch (durability, journal) {
        case (.processDeath, _): _ = try rows("PRAGMA synchronous=OFF")
        case (.powerLoss, .writeAheadLog): _ = try rows("PRAGMA synchronous=NORMAL")
        case (.powerLoss, .rollback): _ = try rows("PRAGMA synchronous=FULL")
        }
    }

    /// Says how large the pages of a file are that is not made yet; does nothing to any other.
    private func setPageSize(_ size: Int) throws(SQLError) {
        // The text is no literal, and a pragma takes no parameter.
        let code = sqlite3_exec(handle, "PRAGMA page_size=\(size)", nil, nil, nil)
        guard code == SQLITE_OK else { throw SQLError(code: code, on: handle) }
    }

    /// Repeats a change of the journal, for which SQLite does not ask the busy handler.
    private func insist(_ change: () throws(SQLError) -> Void) throws(SQLError) {
        var attempt: CInt = 0
        while true {
            do {
                return try change()
            } catch .busy(let fault) {
                guard wait.pause(beforeAttempt: attempt) else { throw .busy(fault) }
                attempt += 1
            }
        }
    }
}
