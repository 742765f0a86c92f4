import Threading

/// Warm sessions by origin, the most recently used first.
///
/// Safe from any thread.
public final class SessionPool: Sendable {
    /// How long a connection is kept without use, in seconds: below the minute or more that servers keep
    /// theirs.
    static let maximumIdleSeconds = 55

    private struct Shelf {
        let sessions: ResourcePool<Session>
        var lastUse: ContinuousClock.Instant
    }

    private let shelves = Guarded<[String: Shelf]>([:])
    private let maximumIdleCount: Int
    private let maximumIdle: Duration

    /// - Parameter maximumIdleCount: how many sessions are kept warm in all, for all origins together; there
    ///   is no limit on how many are lent.
    public init(maximumIdleCount: Int = 512) {
        self.maximumIdleCount = maximumIdleCount
        maximumIdle = .seconds(Self.maximumIdleSeconds)
    }

    /// How many sessions wait to be used.
    public var idleCount: Int {
        shelves.withLock { shelves in shelves.values.reduce(0) { $0 + $1.sessions.idleCount } }
    }

    /// Runs a transfer on a warm session for its origin, or on a new one.
    ///
    /// The session is kept when the transfer ends well, and closed when anything is thrown.
    ///
    /// - Parameters:
    ///   - transfer: what to send.
    ///   - descriptor: given up as soon as this one is readable, hung up or invalid; -1 watches nothing.
    ///   - nextWake: when `onWake` is due next; asked before every wait.
    ///   - onWake: called at that instant or soon after it.
    ///   - deliver: takes the pieces; the time that it takes counts against the total limit only.
    /// - Throws: `TransferError`, `TransferInterruption`, and what `onWake` and `deliver` throw.
    public func run(
        _ transfer: Transfer,
        watching descriptor: CInt = -1,
        wakingAt nextWake: () -> ContinuousClock.Instant? = { nil },
        onWake: () throws -> Void = {},
        deliver: (Piece) throws -> Void
    ) throws {
        guard let origin = transfer.origin else { throw TransferError.invalidRequest }
        try sessions(for: origin).borrow { session in
            try session.run(
                transfer,
                watching: descriptor,
                wakingAt: nextWake,
                onWake: onWake,
                deliver: deliver
            )
        }
    }

    /// Closes what has been idle for too long, and the least recently used origins' sessions when too many
    /// wait.
    ///
    /// For the housekeeper, every few seconds.
    public func trim() {
        let oldest = ContinuousClock.now - maximumIdle
        // Released after the lock: closing connections may take its time.
        let dropped = shelves.withLock { shelves -> [Shelf] in
            let stale = shelves.filter { $0.value.lastUse < oldest }.map(\.key)
            var dropped = stale.compactMap { shelves.removeValue(forKey: $0) }
            while shelves.count > 1, Self.idleCount(in: shelves) > maximumIdleCount,
                let victim = shelves.min(by: { $0.value.lastUse < $1.value.lastUse })?.key
            {
                shelves.removeValue(forKey: victim).map { dropped.append($0) }
            }
            return dropped
        }
        _ = dropped
    }

    private static func idleCount(in shelves: [String: Shelf]) -> Int {
        shelves.values.reduce(0) { $0 + $1.sessions.idleCount }
    }

    private func sessions(for origin: String) -> ResourcePool<Session> {
        let now = ContinuousClock.now
        return shelves.withLock { shelves in
            if let index = shelves.index(forKey: origin) {
                shelves.values[index].lastUse = now
                return shelves.values[index].sessions
            }
            let sessions = ResourcePool(limit: maximumIdleCount, maximumIdle: maximumIdle) { try Session() }
            shelves[origin] = Shelf(sessions: sessions, lastUse: now)
            return sessions
        }
    }
}
