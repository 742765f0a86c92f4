/// One connection to a database.
///
/// SQL is a `StaticString`, so a value can only travel as a parameter: `$1` stands for the first one. The
/// same text is prepared once per connection.
///
/// Belongs to one borrower at a time; `SQLDatabase` lends it.
public protocol SQLConnection: AnyObject, Sendable {
    /// Runs one statement and returns all of its rows.
    ///
    /// - Throws: `SQLError` by cause.
    func rows(_ sql: StaticString, binding values: [SQLValue]) throws(SQLError) -> [SQLRow]

    /// Runs one statement that inserts, changes or deletes, and returns how many rows it did that to.
    ///
    /// - Throws: `SQLError` by cause.
    func execute(_ sql: StaticString, binding values: [SQLValue]) throws(SQLError) -> Int

    /// Runs `body` as a whole or not at all; transactions do not nest.
    ///
    /// - Throws: `SQLError`, or what `body` throws, in which case nothing has changed.
    func transaction<Result>(_ kind: TransactionKind, _ body: () throws -> Result) throws -> Result
}

extension SQLConnection {
    /// Runs one statement and returns all of its rows.
    ///
    /// - Throws: `SQLError` by cause.
    public func rows(_ sql: StaticString, _ values: SQLValue...) throws(SQLError) -> [SQLRow] {
        try rows(sql, binding: values)
    }

    /// Runs one statement that inserts, changes or deletes, and returns how many rows it did that to.
    ///
    /// - Throws: `SQLError` by cause.
    @discardableResult
    public func execute(_ sql: StaticString, _ values: SQLValue...) throws(SQLError) -> Int {
        try execute(sql, binding: values)
    }
}
