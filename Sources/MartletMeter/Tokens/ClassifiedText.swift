/// UTF-8 text whose characters can be asked for their class.
///
/// Valid only as long as the text's bytes are. Belongs to one thread.
struct ClassifiedText {
    /// The text's bytes, valid UTF-8.
    let bytes: UnsafePointer<UInt8>

    /// How many bytes there are.
    let count: Int

    private let blocks: UnsafePointer<UInt8>
    private let classes: UnsafePointer<UInt8>

    /// The number of blocks of 128 code points, which is also the size of the table's first stage.
    static let blockCount = 0x110000 / 128

    /// Puts the table of `EmbeddedTable.characterClasses` behind a text; nil if there is no such table.
    init?(_ text: UnsafeBufferPointer<UInt8>, classes table: EmbeddedTable) {
        guard let bytes = text.baseAddress, let start = table.bytes.baseAddress else { return nil }
        self.bytes = bytes
        count = text.count
        blocks = start.assumingMemoryBound(to: UInt8.self)
        classes = blocks + Self.blockCount
    }

    /// Checks the table of classes as a whole, since what it says becomes addresses.
    ///
    /// - Throws: `TokenTableError` when it is missing or damaged.
    static func check(_ table: EmbeddedTable) throws(TokenTableError) {
        let bytes = table.bytes
        let end = bytes.count - 8
        guard end > blockCount, bytes.count.isMultiple(of: 8) else {
            throw .size(expected: blockCount, found: bytes.count)
        }
        var hash = UInt64(end)
        for offset in stride(from: 0, to: end, by: 8) {
            hash = TableHash.fold(hash, bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self))
        }
        guard hash == bytes.loadUnaligned(fromByteOffset: end, as: UInt64.self) else { throw .content }
    }

    /// The byte at `index`, 0 behind the end.
    @inline(__always)
    func byte(_ index: Int) -> UInt8 {
        index < count ? bytes[index] : 0
    }

    /// The class and the width in bytes of the character at `index`; `end` with no width behind the last one.
    @inline(__always)
    func character(_ index: Int) -> (class: CharacterClass, width: Int) {
        guard index < count else { return (.end, 0) }
        let first = bytes[index]
        if first < 0x80 { return (CharacterClass(number: classes[Int(first)]), 1) }
        let (point, width) = wideCodePoint(index)
        return (CharacterClass(number: classes[Int(blocks[point &>> 7]) &<< 7 | point & 0x7F]), width)
    }

    /// The code point and the width in bytes of the character at `index`, which is not ASCII.
    @inline(__always)
    func wideCodePoint(_ index: Int) -> (point: Int, width: Int) {
        let first = Int(bytes[index])
        let second = Int(bytes[index &+ 1] & 0x3F)
        if first < 0xE0 { return ((first & 0x1F) &<< 6 | second, 2) }
        let third = Int(bytes[index &+ 2] & 0x3F)
        if first < 0xF0 { return ((first & 0x0F) &<< 12 | second &<< 6 | third, 3) }
        let fourth = Int(bytes[index &+ 3] & 0x3F)
        return ((first & 0x07) &<< 18 | second &<< 12 | third &<< 6 | fourth, 4)
    }
}
