/// Why a database did not do what it was told, by what a caller can do about it.
public enum SQLError: Error, Equatable, Sendable {
    /// Another connection held the lock for longer than the busy limit: try again later.
    case busy(SQLFault)
    /// The file or its folder must not be written to.
    case readOnly(SQLFault)
    /// The disk is full, or the file has reached its size limit.
    case full(SQLFault)
    /// The file is damaged, or no database at all.
    case corrupt(SQLFault)
    /// A rule of the schema forbids the change; `SQLFault.code` tells which kind of rule.
    case constraint(SQLFault)
    /// The file cannot be opened or made.
    case cannotOpen(SQLFault)
    /// Anything else; the fault is for the log.
    case other(SQLFault)
    /// The database has a step that this program does not know: a newer program has been here.
    case newerSchema(step: String)
    /// A column, counted from 0, holds another type than was asked for.
    case unexpectedType(column: Int)
}

extension SQLError {
    /// Whether a connection is still good after this error.
    var leavesConnectionUsable: Bool {
        switch self {
        case .busy, .full, .constraint, .newerSchema, .unexpectedType: true
        case .readOnly, .corrupt, .cannotOpen, .other: false
        }
    }
}
