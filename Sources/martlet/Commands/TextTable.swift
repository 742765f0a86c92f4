/// Columns of text, for people.
enum TextTable {
    /// Writes a head and rows, each column as wide as its widest cell.
    static func write(_ head: [String], _ rows: [[String]]) {
        let lines = [head] + rows
        let widths = head.indices.map { column in lines.map { $0[column].count }.max() ?? 0 }
        for line in lines {
            let cells = line.enumerated().map { column, cell in
                column == line.count - 1
                    ? cell : cell + String(repeating: " ", count: widths[column] - cell.count)
            }
            print(cells.joined(separator: "  "))
        }
    }
}
