public import MartletCore

/// Counts tokens by byte-pair encoding, exactly as the reference tokenizer (tiktoken) does for ordinary text.
///
/// Time grows with the text's length, whatever the text; only pieces above 256 bytes take memory while they are
/// counted. A piece above `longestWhole` bytes, which no ordinary text has, is counted in parts: a few tokens more
/// or less at each seam, but never gigabytes of memory for one word of 32 MiB. Safe from any thread.
public struct BytePairCounter: TokenCounter {
    /// The vocabulary that is counted by.
    public let vocabulary: Vocabulary

    /// The longest piece that is merged as a whole, in bytes; it takes some 40 times as much memory meanwhile.
    static let longestWhole = 4 << 20

    private let table: EmbeddedTable
    private let classes: EmbeddedTable

    /// Makes a counter for a vocabulary; nil if its table is missing or damaged.
    public init?(_ vocabulary: Vocabulary) {
        try? self.init(vocabulary, table: .vocabulary(vocabulary))
    }

    /// Makes a counter that reads `table` and `classes`.
    ///
    /// - Throws: `TokenTableError` when one of them is not a table.
    init(
        _ vocabulary: Vocabulary,
        table: EmbeddedTable,
        classes: EmbeddedTable = .characterClasses
    ) throws(TokenTableError) {
        try ClassifiedText.check(classes)
        _ = try BytePairTable(checking: table.bytes)
        self.vocabulary = vocabulary
        self.table = table
        self.classes = classes
    }

    /// Counts the tokens of `text`; text that looks like a special token counts as ordinary text.
    public func count(_ text: String) -> TokenCount {
        var text = text
        return TokenCount(text.withUTF8 { count($0) })
    }

    private func count(_ bytes: UnsafeBufferPointer<UInt8>) -> Int {
        guard let text = ClassifiedText(bytes, classes: classes),
            let pairs = BytePairTable(trusting: table.bytes)
        else { return 0 }
        return Self.count(text, pairs, vocabulary)
    }

    /// Counts the tokens of `text` by a table that was opened before.
    static func count(_ text: ClassifiedText, _ table: BytePairTable, _ vocabulary: Vocabulary) -> Int {
        ShortPieceMerge.with(table) { merge in
            switch vocabulary {
            case .cl100k: count(text, table, merge, CL100KPreTokenizer.self)
            case .o200k: count(text, table, merge, O200KPreTokenizer.self)
            }
        }
    }

    private static func count<P: PreTokenizer>(
        _ text: ClassifiedText,
        _ table: BytePairTable,
        _ merge: ShortPieceMerge,
        _ preTokenizer: P.Type
    ) -> Int {
        var tokens = 0
        var start = 0
        while start < text.count {
            let end = P.pieceEnd(in: text, from: start)
            let length = end &- start
            if table.isToken(text, start, length: length) {
                tokens &+= 1
            } else if length <= ShortPieceMerge.longestPiece {
                tokens &+= merge.count(text, start, length: length)
            } else {
                tokens &+= countLong(text, table, start..<end)
            }
            start = end
        }
        return tokens
    }

    /// Counts the tokens of a long piece, in parts of at most `limit` bytes.
    static func countLong(
        _ text: ClassifiedText,
        _ table: BytePairTable,
        _ piece: Range<Int>,
        limit: Int = longestWhole
    ) -> Int {
        var tokens = 0
        var start = piece.lowerBound
        while start < piece.upperBound {
            var end = min(start + limit, piece.upperBound)
            // No character is cut.
            while end < piece.upperBound, end > start + 1, text.byte(end) & 0xC0 == 0x80 { end -= 1 }
            var long = LongPieceMerge(table, text, start, length: end - start)
            tokens += long.count()
            start = end
        }
        return tokens
    }
}
