/// A name, or many: `*` stands for any text, also for none.
public struct NamePattern: Sendable, Hashable {
    /// The pattern as it is written.
    public let text: String
    private let parts: [[UInt8]]

    /// Reads a pattern.
    public init(_ text: String) {
        self.text = text
        parts = text.utf8.split(separator: UInt8(ascii: "*"), omittingEmptySubsequences: false).map(
            Array.init
        )
    }

    /// Whether a name is one of those that are meant; takes time in proportion to both lengths at worst.
    public func matches(_ name: String) -> Bool {
        let bytes = Array(name.utf8)
        guard parts.count > 1 else { return bytes == parts[0] }
        guard bytes.starts(with: parts[0]) else { return false }
        var place = parts[0].count
        for part in parts.dropFirst().dropLast() {
            guard let found = Self.find(part, in: bytes, from: place) else { return false }
            place = found + part.count
        }
        let last = parts[parts.count - 1]
        return bytes.count - place >= last.count && bytes.suffix(last.count).elementsEqual(last)
    }

    private static func find(_ part: [UInt8], in bytes: [UInt8], from start: Int) -> Int? {
        guard !part.isEmpty else { return start }
        var place = start
        while place + part.count <= bytes.count {
            if bytes[place..<place + part.count].elementsEqual(part) { return place }
            place += 1
        }
        return nil
    }
}
