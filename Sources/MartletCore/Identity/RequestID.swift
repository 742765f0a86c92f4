import Glibc

/// What names one request in the answer, in the log and in error texts.
public struct RequestID: Sendable, Hashable, CustomStringConvertible {
    /// How many characters tell the time: enough for milliseconds for 6,900 years.
    private static let timeLength = 8

    /// 1 to 128 printable ASCII characters without blanks.
    public let text: String

    /// Makes a new one: `req_`, the time, and 16 random characters, 95 bits.
    ///
    /// In the order of time, so that an index of millions grows at its end, where a random text would change a page of its
    /// own for each.
    public init() {
        var time = timespec()
        _ = unsafe clock_gettime(CLOCK_REALTIME, &time)
        self.init(milliseconds: time.tv_sec * 1_000 + time.tv_nsec / 1_000_000)
    }

    /// Makes one for a time in milliseconds since 1970.
    init(milliseconds: Int) {
        text = "req_" + RandomText.ordered(milliseconds, count: Self.timeLength) + RandomText.alphanumeric(16)
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
