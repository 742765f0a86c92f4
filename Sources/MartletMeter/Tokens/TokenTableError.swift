/// Why an embedded table cannot be used.
enum TokenTableError: Error, Equatable {
    /// There is no table, or it is cut short or too long.
    case size(expected: Int, found: Int)

    /// The table does not begin as one of this version does.
    case header

    /// The table's content does not fit its checksum.
    case content
}
