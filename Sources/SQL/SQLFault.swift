/// What the database itself said: for the log, and for telling kinds of constraint apart.
public struct SQLFault: Error, Equatable, Sendable {
    /// The driver's code; with SQLite the extended result code.
    public let code: CInt
    /// The driver's own words.
    public let message: String
}
