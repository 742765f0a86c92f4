import CSQLite

/// A prepared statement.
///
/// Belongs to its connection.
final class SQLiteStatement {
    private let handle: OpaquePointer
    /// SQLite takes `$1` for a name: where each parameter is, looked up once.
    private let positions: [CInt]

    /// Prepares a text.
    ///
    /// - Throws: `SQLError` by cause.
    init(_ sql: StaticString, on connection: OpaquePointer) throws(SQLError) {
        var handle: OpaquePointer?
        var rest: UnsafePointer<CChar>?
        let code = sql.withUTF8Buffer { buffer in
            buffer.withMemoryRebound(to: CChar.self) { text in
                sqlite3_prepare_v3(
                    connection,
                    text.baseAddress,
                    CInt(text.count),
                    CUnsignedInt(SQLITE_PREPARE_PERSISTENT),
                    &handle,
                    &rest
                )
            }
        }
        guard code == SQLITE_OK, let handle else { throw SQLError(code: code, on: connection) }
        let parsed = sqlite3_sql(handle).map { String(cString: $0).utf8.count } ?? 0
        precondition(sql.isBlank(after: parsed), "one statement at a time")
        self.handle = handle
        let count = sqlite3_bind_parameter_count(handle)
        positions = (0..<count).map { sqlite3_bind_parameter_index(handle, "$\($0 + 1)") }
        precondition(!positions.contains(0), "parameters are $1, $2 and so on, without a gap")
    }

    deinit {
        sqlite3_finalize(handle)
    }

    /// Runs to the end and hands itself to `receive` at each row.
    ///
    /// - Throws: `SQLError` by cause.
    func run(
        _ values: [SQLValue],
        on connection: OpaquePointer,
        receive: (SQLiteStatement) -> Void
    ) throws(SQLError) {
        precondition(values.count == positions.count, "the statement has \(positions.count) parameters")
        defer {
            // The code repeats what `step` said.
            sqlite3_reset(handle)
            sqlite3_clear_bindings(handle)
        }
        for (position, value) in zip(positions, values) {
            let code = bind(value, at: position)
            guard code == SQLITE_OK else { throw SQLError(code: code, on: connection) }
        }
        while true {
            let code = sqlite3_step(handle)
            switch code {
            case SQLITE_ROW: receive(self)
            case SQLITE_DONE: return
            default: throw SQLError(code: code, on: connection)
            }
        }
    }

    /// The present row.
    var row: SQLRow {
        // Counted for each row: a changed schema prepares the statement anew at its first step.
        SQLRow(values: (0..<sqlite3_column_count(handle)).map(value(at:)))
    }

    private func bind(_ value: SQLValue, at position: CInt) -> CInt {
        switch value {
        case .null:
            return sqlite3_bind_null(handle, position)
        case .integer(let number):
            return sqlite3_bind_int64(handle, position, number)
        case .real(let number):
            return sqlite3_bind_double(handle, position, number)
        case .text(var text):
            return text.withUTF8 {
                martlet_sqlite3_bind_text(handle, position, $0.baseAddress, sqlite3_uint64($0.count))
            }
        case .blob(let bytes):
            return bytes.withUnsafeBytes {
                martlet_sqlite3_bind_blob(handle, position, $0.baseAddress, sqlite3_uint64($0.count))
            }
        }
    }

    private func value(at column: CInt) -> SQLValue {
        switch sqlite3_column_type(handle, column) {
        case SQLITE_INTEGER: .integer(sqlite3_column_int64(handle, column))
        case SQLITE_FLOAT: .real(sqlite3_column_double(handle, column))
        case SQLITE_TEXT:
            .text(String(decoding: bytes(sqlite3_column_text(handle, column), column), as: UTF8.self))
        case SQLITE_BLOB: .blob(Array(bytes(sqlite3_column_blob(handle, column), column)))
        default: .null
        }
    }

    /// The size is asked for after the pointer, as the C manual wants it.
    private func bytes(_ start: UnsafeRawPointer?, _ column: CInt) -> UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(
            start: start,
            count: start == nil ? 0 : Int(sqlite3_column_bytes(handle, column))
        )
    }
}

extension StaticString {
    fileprivate func isBlank(after offset: Int) -> Bool {
        withUTF8Buffer { $0.dropFirst(offset).allSatisfy { $0 == 0x20 || $0 == 0x0A || $0 == 0x3B } }
    }
}
