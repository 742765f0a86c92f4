/// Lends resources to one borrower at a time, the most recently returned one first.
///
/// Last-in-first-out keeps the warm ones warm (an open connection, a filled page cache) and lets the rest age
/// out. The pool is what makes a resource that is not thread-safe usable from many threads: whoever holds a
/// resource holds it alone.
///
/// Safe from any thread.
public final class ResourcePool<Resource: Sendable>: Sendable {
    private struct Idle {
        let resource: Resource
        let since: ContinuousClock.Instant
    }

    private let idle = Guarded<[Idle]>([])
    private let limit: Int
    private let maximumIdle: Duration
    private let make: @Sendable () throws -> Resource

    /// - Parameters:
    ///   - limit: how many idle resources are kept; there is no limit on how many are lent.
    ///   - maximumIdle: an idle resource older than this is dropped at the next return.
    ///   - make: makes a resource when none is idle.
    public init(limit: Int, maximumIdle: Duration, make: @escaping @Sendable () throws -> Resource) {
        self.limit = limit
        self.maximumIdle = maximumIdle
        self.make = make
    }

    /// How many resources wait to be borrowed.
    public var idleCount: Int { idle.withLock { $0.count } }

    /// Lends a resource to `body`.
    ///
    /// It comes back when `body` returns, and is dropped when `body` throws.
    ///
    /// - Throws: what making the resource or `body` throws.
    public func borrow<Result>(_ body: (Resource) throws -> Result) throws -> Result {
        let resource = try take() ?? make()
        let result = try body(resource)
        giveBack(resource)
        return result
    }

    private func take() -> Resource? {
        idle.withLock { $0.popLast()?.resource }
    }

    private func giveBack(_ resource: Resource) {
        let now = ContinuousClock.now
        let oldest = now - maximumIdle
        // What falls out is released after the lock: closing a connection may take its time.
        let dropped = idle.withLock { idle -> [Idle] in
            idle.append(Idle(resource: resource, since: now))
            let expired = idle.prefix { $0.since < oldest }.count
            let surplus = max(expired, idle.count - limit)
            defer { idle.removeFirst(surplus) }
            return Array(idle.prefix(surplus))
        }
        _ = dropped
    }
}
