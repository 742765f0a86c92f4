/// What names one request in the answer, in the log and in error texts.
public struct RequestID: Sendable, Hashable, CustomStringConvertible {
    /// 1 to 128 printable ASCII characters without blanks.
    public let text: String

    /// Makes a new one: `req_` and 24 random characters.
    public init() {
        text = "req_" + RandomText.alphanumeric(24)
    }

    /// Takes over the client's own, when it is sane: 1 to 128 printable ASCII characters, no blank, quote or backslash.
    public init?(client text: String) {
        let isSane = text.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7f && $0 != 0x22 && $0 != 0x5c }
        guard isSane, (1...128).contains(text.utf8.count) else { return nil }
        self.text = text
    }

    /// The text itself.
    public var description: String { text }
}
