import CSQLite
import Glibc

/// Waits for another connection's lock in microseconds.
///
/// SQLite's own `busy_timeout` sleeps whole milliseconds, up to 100 of them, while a write transaction here
/// takes microseconds. A waiter first yields, then sleeps a little longer each time; the jitter keeps waiters
/// from waking together.
///
/// Belongs to its connection.
final class SQLiteBusyWait {
    private static let yields: CInt = 4
    private static let shortest: Int64 = 20_000
    private static let longest: Int64 = 500_000

    private let limit: Int64
    private var started: Int64 = 0

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
        guard attempt >= Self.yields else {
            sched_yield()
            return true
        }
        let step = min(Self.shortest << Int64(min(attempt - Self.yields, 8) / 2), Self.longest)
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
