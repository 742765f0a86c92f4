public import MartletCore

/// Counts the tokens of a text that comes in pieces, without keeping it.
///
/// The tokenizers never join a letter and a blank that follows it into one token, so everything up to a blank
/// between two letters can be counted and forgotten. A text without such a place is cut every 64 KiB; the sum may
/// then be a token or two too high for each cut.
public struct RunningTokenCount {
    /// How much text is gathered before a part of it is counted.
    private static let portion = 2_048
    private static let longestPortion = 65_536
    private let counter: any TokenCounter
    private var counted: TokenCount = 0
    private var held: [UInt8] = []
    /// Up to where no place to cut was found: each byte is looked at once.
    private var searched = 1

    /// Nothing yet.
    public init(_ counter: any TokenCounter) {
        self.counter = counter
    }

    /// Adds the next piece.
    public mutating func add(_ piece: String) {
        held += piece.utf8
        guard held.count >= Self.portion else { return }
        if let cut = lastSafeCut() {
            count(upTo: cut)
        } else if held.count >= Self.longestPortion {
            count(upTo: held.lastIndex { $0 & 0b1100_0000 != 0b1000_0000 } ?? held.count)
        }
    }

    /// The tokens of all that came so far.
    public var total: TokenCount {
        counted + counter.count(String(decoding: held, as: UTF8.self))
    }

    private mutating func count(upTo cut: Int) {
        counted = counted + counter.count(String(decoding: held[..<cut], as: UTF8.self))
        held.removeFirst(cut)
        searched = 1
    }

    /// The last blank between two letters among the bytes that are new.
    private mutating func lastSafeCut() -> Int? {
        let end = held.count - 1
        defer { searched = max(searched, end) }
        return (searched..<max(end, searched)).last { index in
            held[index] == 0x20 && Self.isLetter(held[index - 1]) && Self.isLetter(held[index + 1])
        }
    }

    private static func isLetter(_ byte: UInt8) -> Bool {
        (0x41...0x5a).contains(byte) || (0x61...0x7a).contains(byte)
    }
}
