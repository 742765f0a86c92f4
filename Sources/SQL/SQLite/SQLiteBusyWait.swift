import CSQLite
import Glibc

/// Waits for another connection's lock in microseconds.
///
/// SQLite's own `busy_timeout` sleeps whole milliseconds, up to 100 of them, while a write transaction here
/// takes microseconds. A waiter asks often, and rarely once it is clear that the lock is held for long; the
/// jitter keeps waiters from waking together. It does not ask at once again: on few cores whoever holds the lock needs
/// the processor, and does several transactions in a row while the others sleep.
///
/// Belongs to its connection.
final class SQLiteBusyWait {
    private static let impatientAttempts: CInt = 100
    private static let shortPause: Int64 = 150_000
    private static let longPause: Int64 = 500_000

    private let limit: Int64
    private var started: Int64 = 0

    /// Waits at most `limit` for one lock.
    init(limit: Duration) {
        let (seconds, attoseconds) = limit.components
        self.limit = seconds * 1_000_000_000 + attoseconds / 1_000_000_000
    }

    /// Makes `connection` wait this way; this object must outlive it.
    func install(on connection: OpaquePointer) {
        sqlite3_busy_handler(
            connection,
            { context, attempt in
                guard let context else { return 0 }
                let wait = Unmanaged<SQLiteBusyWait>.fromOpaque(context).takeUnretainedValue()
                return wait.pause(beforeAttempt: attempt) ? 1 : 0
            },
            Unmanaged.passUnretained(self).toOpaque()
        )
    }

    /// Waits a little; false when the limit is reached.
    func pause(beforeAttempt attempt: CInt) -> Bool {
        let now = Self.now()
        if attempt == 0 { started = now }
        let left = started + limit - now
        guard left > 0 else { return false }
        let step = attempt < Self.impatientAttempts ? Self.shortPause : Self.longPause
        var pause = timespec(tv_sec: 0, tv_nsec: Int(min(step + now % step, left)))
        nanosleep(&pause, nil)
        return true
    }

    private static func now() -> Int64 {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
    }
}
