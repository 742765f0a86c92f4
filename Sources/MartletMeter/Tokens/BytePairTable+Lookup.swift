extension BytePairTable {
    /// Whether the bytes of `text` from `start` are a token as a whole; `length` is at least 1.
    @inline(__always)
    func isToken(_ text: ClassifiedText, _ start: Int, length: Int) -> Bool {
        if length < 8 {
            return length == 1 || contains(short: text.word(start, length: length) | UInt64(length) &<< 56)
        }
        if length < 16 {
            let second = text.word(start &+ 8, length: length &- 8) | UInt64(length) &<< 56
            return contains(medium: text.word(start, length: 8), second)
        }
        return length <= longestToken && contains(long: text, start, length: length)
    }

    /// The rank of the token that the tokens of two ranks merge to; nil if they do not merge.
    @inline(__always)
    func merged(_ left: UInt32, _ right: UInt32) -> UInt32? {
        let key = UInt64(left) &<< 18 | UInt64(right)
        var slot = TableHash.slot(TableHash.hash(key), in: pairs.count)
        for _ in 0...pairs.reach {
            let word = pairs.start.load(fromByteOffset: Int(slot) &* 8, as: UInt64.self)
            if word &>> 18 == key && word != 0 { return UInt32(truncatingIfNeeded: word & 0x3FFFF) }
            if word == 0 { return nil }
            slot = slot &+ 1 == pairs.count ? 0 : slot &+ 1
        }
        return nil
    }

    /// The rank of the character at `index` if merging the piece from `start` may begin with it whole, and its width.
    ///
    /// Some characters' bytes merge to one token before anything else can touch them: `solid` in
    /// `Sources/CTables/make-tables` finds them and tells why. For the others, nil.
    @inline(__always)
    func solidCharacter(_ text: ClassifiedText, _ index: Int, from start: Int) -> (rank: UInt32, width: Int)?
    {
        guard text.bytes[index] >= 0xC0, index == start || text.bytes[index &- 1] >= 0x80 else { return nil }
        let (point, width) = text.wideCodePoint(index)
        let block = Int(characters.load(fromByteOffset: (point &>> 7) &* 2, as: UInt16.self))
        guard block < characterBlocks else { return nil }
        let place = ClassifiedText.blockCount &* 2 &+ block &* 512 &+ (point & 0x7F) &* 4
        let rank = characters.load(fromByteOffset: place, as: UInt32.self)
        return rank == UInt32.max ? nil : (rank, width)
    }

    @inline(__always)
    private func contains(short key: UInt64) -> Bool {
        var slot = TableHash.slot(TableHash.hash(key), in: short.count)
        for _ in 0...short.reach {
            let word = short.start.load(fromByteOffset: Int(slot) &* 8, as: UInt64.self)
            if word == key { return true }
            if word == 0 { return false }
            slot = slot &+ 1 == short.count ? 0 : slot &+ 1
        }
        return false
    }

    @inline(__always)
    private func contains(medium first: UInt64, _ second: UInt64) -> Bool {
        var slot = TableHash.slot(TableHash.fold(first, second), in: medium.count)
        for _ in 0...medium.reach {
            let offset = Int(slot) &* 16
            let word = medium.start.load(fromByteOffset: offset &+ 8, as: UInt64.self)
            if word == second && medium.start.load(fromByteOffset: offset, as: UInt64.self) == first {
                return true
            }
            if word == 0 { return false }
            slot = slot &+ 1 == medium.count ? 0 : slot &+ 1
        }
        return false
    }

    private func contains(long text: ClassifiedText, _ start: Int, length: Int) -> Bool {
        var hash = UInt64(length)
        for offset in stride(from: 0, to: length, by: 8) {
            hash = TableHash.fold(hash, text.word(start + offset, length: min(8, length - offset)))
        }
        var slot = TableHash.slot(hash, in: long.count)
        for _ in 0...long.reach {
            let place = long.start.load(fromByteOffset: Int(slot) * 4, as: UInt32.self)
            if place == 0 { return false }
            if record(Int(place) - 1, equals: text, start, length: length) { return true }
            slot = slot + 1 == long.count ? 0 : slot + 1
        }
        return false
    }

    private func record(_ place: Int, equals text: ClassifiedText, _ start: Int, length: Int) -> Bool {
        let offset = place * 4
        guard offset + 4 + length <= pool.count, let pooled = pool.baseAddress else { return false }
        guard pool.load(fromByteOffset: offset, as: UInt32.self) == length else { return false }
        let record = UnsafeRawBufferPointer(start: pooled + offset + 4, count: length)
        return record.elementsEqual(UnsafeBufferPointer(start: text.bytes + start, count: length))
    }
}

extension ClassifiedText {
    /// The `length` bytes at `index` (1 to 8) as a little-endian number, zeros above them.
    @inline(__always)
    func word(_ index: Int, length: Int) -> UInt64 {
        guard index &+ 8 <= count else { return lastWord(index, length: length) }
        let word = UnsafeRawPointer(bytes + index).loadUnaligned(as: UInt64.self).littleEndian
        return word & (UInt64.max &>> UInt64(64 &- 8 &* length))
    }

    private func lastWord(_ index: Int, length: Int) -> UInt64 {
        var word: UInt64 = 0
        for offset in 0..<length { word |= UInt64(bytes[index &+ offset]) &<< UInt64(8 &* offset) }
        return word
    }
}
