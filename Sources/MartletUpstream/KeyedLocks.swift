import Synchronization
import Threading

/// Locks by name, made when they are needed: whoever comes second with the same name waits for the first.
///
/// Safe from any thread.
public final class KeyedLocks: Sendable {
    private struct Entry {
        let lock: PlainLock
        var users: Int
    }

    private let entries = Mutex<[String: Entry]>([:])

    /// Makes a set without locks.
    public init() {}

    /// Runs `body` while nobody else runs one under the same name.
    ///
    /// - Throws: what `body` throws.
    public func withLock<Result>(_ name: String, _ body: () throws -> Result) rethrows -> Result {
        let lock = entries.withLock { entries in
            let lock = entries[name]?.lock ?? PlainLock()
            entries[name] = Entry(lock: lock, users: (entries[name]?.users ?? 0) + 1)
            return lock
        }
        lock.lock()
        defer {
            lock.unlock()
            entries.withLock { entries in
                entries[name]?.users -= 1
                if entries[name]?.users == 0 { entries[name] = nil }
            }
        }
        return try body()
    }
}
