import CSQLite

extension SQLError {
    /// Reads what a connection says about its last failure.
    init(code: CInt, on connection: OpaquePointer?) {
        let extended = connection.map { sqlite3_extended_errcode($0) } ?? code
        let text = connection.flatMap { sqlite3_errmsg($0) } ?? sqlite3_errstr(code)
        self.init(SQLFault(code: extended, message: text.map { String(cString: $0) } ?? "no message"))
    }

    /// Sorts a fault by its primary result code, the low byte (https://www.sqlite.org/rescode.html).
    init(_ fault: SQLFault) {
        switch fault.code & 0xFF {
        case SQLITE_BUSY: self = .busy(fault)
        case SQLITE_READONLY: self = .readOnly(fault)
        case SQLITE_FULL: self = .full(fault)
        case SQLITE_CORRUPT, SQLITE_NOTADB: self = .corrupt(fault)
        case SQLITE_CONSTRAINT: self = .constraint(fault)
        case SQLITE_CANTOPEN: self = .cannotOpen(fault)
        default: self = .other(fault)
        }
    }
}
