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
        return wideCharacter(index, first)
    }

    @inline(__always)
    private func wideCharacter(_ index: Int, _ first: UInt8) -> (class: CharacterClass, width: Int) {
        let second = Int(bytes[index &+ 1] & 0x3F)
        if first < 0xE0 { return (classOf(Int(first & 0x1F) &<< 6 | second), 2) }
        let third = Int(bytes[index &+ 2] & 0x3F)
        if first < 0xF0 { return (classOf(Int(first & 0x0F) &<< 12 | second &<< 6 | third), 3) }
        let fourth = Int(bytes[index &+ 3] & 0x3F)
        return (classOf(Int(first & 0x07) &<< 18 | second &<< 12 | third &<< 6 | fourth), 4)
    }

    @inline(__always)
    private func classOf(_ point: Int) -> CharacterClass {
        CharacterClass(number: classes[Int(blocks[point &>> 7]) &<< 7 | point & 0x7F])
    }
}
