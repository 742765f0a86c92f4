import Threading

/// A database as a pool of connections.
///
/// Safe from any thread.
public final class SQLDatabase: Sendable {
    private let pool: ResourcePool<any SQLConnection>
    private let writing = PlainLock()

    /// Makes a pool; the first connection is opened when it is needed.
    ///
    /// - Parameters:
    ///   - idleLimit: how many connections stay open without work.
    ///   - open: opens one connection.
    public init(idleLimit: Int = 8, open: @escaping @Sendable () throws(SQLError) -> any SQLConnection) {
        pool = ResourcePool(limit: idleLimit, maximumIdle: .seconds(60), make: open)
    }

    /// Lends a connection outside of any transaction.
    ///
    /// It is closed instead of kept when `body` ends with an error that puts the connection itself in doubt.
    ///
    /// - Throws: what opening or `body` throws.
    @discardableResult
    public func borrow<Result>(_ body: (any SQLConnection) throws -> Result) throws -> Result {
        let outcome: Swift.Result<Result, any Error> = try pool.borrow { connection in
            do {
                return .success(try body(connection))
            } catch let error as SQLError where !error.leavesConnectionUsable {
                throw error
            } catch {
                return .failure(error)
            }
        }
        return try outcome.get()
    }

    /// Runs `body` on one consistent state of the database.
    ///
    /// - Throws: `SQLError`, or what `body` throws.
    public func read<Result>(_ body: (any SQLConnection) throws -> Result) throws -> Result {
        try borrow { connection in
            try connection.transaction(.reading) { try body(connection) }
        }
    }

    /// Runs `body` as a whole or not at all, with the right to write.
    ///
    /// - Throws: `SQLError`, or what `body` throws, in which case nothing has changed.
    @discardableResult
    public func write<Result>(_ body: (any SQLConnection) throws -> Result) throws -> Result {
        // One writer at a time is all that SQLite allows. Threads of this process queue here, where waiting costs
        // nothing, and only processes wait for each other in the busy handler; the connection stays warm, too.
        writing.lock()
        defer { writing.unlock() }
        return try borrow { connection in
            try connection.transaction(.writing) { try body(connection) }
        }
    }
}
