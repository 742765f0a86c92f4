extension SQLDatabase {
    /// A SQLite database.
    public convenience init(_ location: SQLiteLocation) {
        self.init { () throws(SQLError) in try SQLiteConnection(location) }
    }

    /// Copies what the write-ahead log holds into the database file, so that the log can begin anew.
    ///
    /// No other checkpoint may run, which is what the lock is for. No transaction may write either: SQLite
    /// before 3.51.3 can damage the file when one connection checkpoints while another restarts the log
    /// (https://www.sqlite.org/wal.html, "The WAL Reset Bug"). So one connection holds the write lock while
    /// another one copies. Without a write-ahead log nothing happens.
    ///
    /// - Parameter lock: the exclusive lock of whoever keeps this database in order.
    /// - Throws: `SQLError` by cause.
    public func checkpoint(holding lock: FileLock) throws {
        try borrow { copier in
            // Opened and ready before the lock is taken: a connection that is being made needs the lock, too.
            _ = try copier.rows("PRAGMA schema_version")
            try write { _ in
                _ = try copier.rows("PRAGMA wal_checkpoint(PASSIVE)")
            }
        }
        withExtendedLifetime(lock) {}
    }
}
