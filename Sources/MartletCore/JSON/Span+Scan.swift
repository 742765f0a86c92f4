extension Span<UInt8> {
    /// The offset, from `start` on, of the first byte that cannot stand in a JSON string as it is.
    ///
    /// That is a quotation mark, a backslash or a control character; the count of bytes where there is none.
    func firstStringStop(from start: Int) -> Int {
        firstOffset(from: start) { word in
            // Subtracting sets the top bit of each byte below 0x20, unless the byte had it already.
            let controls = (word &- 0x2020_2020_2020_2020) & ~word & Self.topBits
            return controls | Self.matches(word, 0x2222_2222_2222_2222)
                | Self.matches(word, 0x5C5C_5C5C_5C5C_5C5C)
        }
    }

    /// The offset, from `start` on, of the first line feed or carriage return.
    ///
    /// The count of bytes where there is none.
    func firstLineEnd(from start: Int) -> Int {
        firstOffset(from: start) { word in
            Self.matches(word, 0x0A0A_0A0A_0A0A_0A0A) | Self.matches(word, 0x0D0D_0D0D_0D0D_0D0D)
        }
    }

    private static var topBits: UInt64 { 0x8080_8080_8080_8080 }

    /// Sets the top bit of the lowest byte that equals its counterpart, and perhaps of some above it.
    @inline(__always)
    private static func matches(_ word: UInt64, _ pattern: UInt64) -> UInt64 {
        let difference = word ^ pattern
        return (difference &- 0x0101_0101_0101_0101) & ~difference & topBits
    }

    /// Looks at eight bytes at a time; `marks` must set the top bit of the lowest byte that counts.
    @inline(__always)
    private func firstOffset(from start: Int, _ marks: (UInt64) -> UInt64) -> Int {
        let raw = unsafe bytes
        var offset = start
        while offset &+ 8 <= count {
            // The condition above keeps the load inside, and any eight bytes are a `UInt64`.
            let word = unsafe raw.unsafeLoadUnaligned(fromByteOffset: offset, as: UInt64.self)
            let found = marks(UInt64(littleEndian: word))
            if found != 0 { return offset &+ found.trailingZeroBitCount >> 3 }
            offset &+= 8
        }
        while offset < count {
            // No mark fits the bytes of 0xFF above the one that is looked at.
            if marks(UInt64(self[offset]) | ~0xFF) != 0 { return offset }
            offset &+= 1
        }
        return count
    }
}
