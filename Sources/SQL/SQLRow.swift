/// One row of an answer: its values in the order of the columns.
public struct SQLRow: Sendable, Equatable {
    /// The values in the order of the columns.
    public let values: [SQLValue]

    /// Wraps values.
    init(values: [SQLValue]) {
        self.values = values
    }

    /// The value of a column, counted from 0.
    public subscript(column: Int) -> SQLValue { values[column] }

    /// The whole number in a column.
    ///
    /// - Throws: `SQLError.unexpectedType` when the column holds something else.
    public func integer(_ column: Int) throws(SQLError) -> Int64 {
        guard case .integer(let number) = values[column] else { throw .unexpectedType(column: column) }
        return number
    }

    /// The floating-point number in a column.
    ///
    /// - Throws: `SQLError.unexpectedType` when the column holds something else.
    public func real(_ column: Int) throws(SQLError) -> Double {
        guard case .real(let number) = values[column] else { throw .unexpectedType(column: column) }
        return number
    }

    /// The text in a column; bytes that are not UTF-8 have become U+FFFD.
    ///
    /// - Throws: `SQLError.unexpectedType` when the column holds something else.
    public func text(_ column: Int) throws(SQLError) -> String {
        guard case .text(let text) = values[column] else { throw .unexpectedType(column: column) }
        return text
    }

    /// The bytes in a column.
    ///
    /// - Throws: `SQLError.unexpectedType` when the column holds something else.
    public func blob(_ column: Int) throws(SQLError) -> [UInt8] {
        guard case .blob(let bytes) = values[column] else { throw .unexpectedType(column: column) }
        return bytes
    }
}
