public import MartletCore

/// Counts the tokens of a text that comes in pieces, exactly, without keeping it.
///
/// The tokenizers never join a letter and a blank that follows it into one token, so everything up to a blank
/// between two letters can be counted and forgotten.
public struct RunningTokenCount {
    /// How much text is gathered before a part of it is counted.
    private static let portion = 2_048
    private let counter: any TokenCounter
    private var counted: TokenCount = 0
    private var held: [UInt8] = []

    /// Nothing yet.
    public init(_ counter: any TokenCounter) {
        self.counter = counter
    }

    /// Adds the next piece.
    public mutating func add(_ piece: String) {
        held += piece.utf8
        guard held.count >= Self.portion, let cut = lastSafeCut() else { return }
        counted = counted + counter.count(String(decoding: held[..<cut], as: UTF8.self))
        held.removeFirst(cut)
    }

    /// The tokens of all that came so far.
    public var total: TokenCount {
        counted + counter.count(String(decoding: held, as: UTF8.self))
    }

    private func lastSafeCut() -> Int? {
        var index = held.count - 2
        while index > 0 {
            if held[index] == 0x20, Self.isLetter(held[index - 1]), Self.isLetter(held[index + 1]) { return index }
            index -= 1
        }
        return nil
    }

    private static func isLetter(_ byte: UInt8) -> Bool {
        (0x41...0x5a).contains(byte) || (0x61...0x7a).contains(byte)
    }
}
