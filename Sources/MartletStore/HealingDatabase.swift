import Glibc
import SQL
import Threading

/// A database that is opened when it is first used, and anew after a failure or, a moment later, when its file was deleted
/// or replaced, so that it heals as soon as the cause is gone.
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
        /// When somebody looked whether it is still the file of that path, in milliseconds.
        var seen: Int

        /// The database, unless its path leads to another file or to none.
        mutating func trusted(at now: Int) -> Opened? {
            guard now - seen >= HealingDatabase.trust else { return opened }
            guard identity == FileIdentity(path: opened.path) else { return nil }
            seen = now
            return opened
        }
    }

    /// How long nobody looks again, in milliseconds: a busy process has dozens of transactions in that time.
    private static let trust = 20

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
        let now = Self.now()
        return try known.withLock { known in
            if let opened = known?.trusted(at: now) { return opened.database }
            known = nil
            let opened = try open()
            guard let identity = FileIdentity(path: opened.path) else {
                throw StoreError.unreachable("\(opened.path) vanished")
            }
            known = Known(opened: opened, identity: identity, seen: now)
            return opened.database
        }
    }

    /// A time of which a system call is not needed, to four milliseconds or so.
    private static func now() -> Int {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC_COARSE, &time)
        return time.tv_sec * 1_000 + time.tv_nsec / 1_000_000
    }

    private func close() {
        let closed = known.withLock { known in
            defer { known = nil }
            return known
        }
        _ = closed  // released here, outside the lock
    }
}
