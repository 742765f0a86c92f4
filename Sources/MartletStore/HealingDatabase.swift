import SQL
import Threading

/// A database that is opened when it is first used, and anew after a failure or when its file was deleted or
/// replaced, so that it heals as soon as the cause is gone.
///
/// Safe from any thread.
final class HealingDatabase: Sendable {
    /// A database that has been opened and brought up to date.
    struct Opened {
        let database: SQLDatabase
        /// Where its file is.
        let path: String
        /// Held as long as the database is open, not used.
        var presence: FileLock?
    }

    private struct Known {
        let opened: Opened
        let identity: FileIdentity

        var isCurrent: Bool { identity == FileIdentity(path: opened.path) }
    }

    private let open: @Sendable () throws -> Opened
    private let known = Guarded<Known?>(nil)

    /// - Parameter open: opens the database, makes it where it is missing, and brings it up to date.
    init(open: @escaping @Sendable () throws -> Opened) {
        self.open = open
    }

    /// Runs `body` with the database; opens it when there is none, or when its path leads to another file.
    ///
    /// - Throws: `StoreError` by cause, or what `body` throws.
    func use<Result>(_ body: (SQLDatabase) throws -> Result) throws(StoreError) -> Result {
        do {
            return try body(try database())
        } catch {
            let error = StoreError(error)
            if error.asksForReopening { close() }
            throw error
        }
    }

    private func database() throws -> SQLDatabase {
        // The file is looked at outside of the lock, which every request takes.
        if let known = known.withLock({ $0 }), known.isCurrent { return known.opened.database }
        return try known.withLock { known in
            if let known, known.isCurrent { return known.opened.database }
            known = nil
            let opened = try open()
            guard let identity = FileIdentity(path: opened.path) else {
                throw StoreError.unreachable("\(opened.path) vanished")
            }
            known = Known(opened: opened, identity: identity)
            return opened.database
        }
    }

    private func close() {
        let closed = known.withLock { known in
            defer { known = nil }
            return known
        }
        _ = closed  // released here, outside the lock
    }
}
