/// Merges the bytes of pieces up to 256 bytes, lowest rank first and leftmost among equals, and counts what remains.
///
/// The next pair is found by looking at all: for few pairs nothing is faster. Belongs to one thread.
struct ShortPieceMerge {
    /// The longest piece, in bytes: a pair's place must fit eight bits.
    static let longestPiece = 256

    private static let none = Int32.max

    private let table: BytePairTable
    /// The rank of the token that begins at each place.
    private let ranks: UnsafeMutableBufferPointer<UInt32>
    /// The merged rank above the place, for the pair that begins at each place; `none` where nothing merges.
    private let keys: UnsafeMutableBufferPointer<Int32>
    /// The place of the token behind the one at each place.
    private let next: UnsafeMutableBufferPointer<UInt16>
    /// The place of the token before the one at each place.
    private let previous: UnsafeMutableBufferPointer<UInt16>

    /// Calls `body` with a merge whose working memory, 3 KB, lies on the stack.
    static func with<R>(_ table: BytePairTable, _ body: (ShortPieceMerge) -> R) -> R {
        withUnsafeTemporaryAllocation(byteCount: longestPiece * 12, alignment: 64) { memory in
            body(ShortPieceMerge(table: table, memory: memory))
        }
    }

    private init(table: BytePairTable, memory: UnsafeMutableRawBufferPointer) {
        func part<T>(_ range: Range<Int>, _ type: T.Type) -> UnsafeMutableBufferPointer<T> {
            let bytes = (range.lowerBound * Self.longestPiece)..<(range.upperBound * Self.longestPiece)
            return UnsafeMutableRawBufferPointer(rebasing: memory[bytes]).bindMemory(to: type)
        }
        self.table = table
        ranks = part(0..<4, UInt32.self)
        keys = part(4..<8, Int32.self)
        next = part(8..<10, UInt16.self)
        previous = part(10..<12, UInt16.self)
    }

    /// Counts the tokens of the `length` bytes (2 to 256) of `text` at `start`.
    func count(_ text: ClassifiedText, _ start: Int, length: Int) -> Int {
        let count = fill(text, start, end: start &+ length)
        var tokens = count
        while true {
            var best = Self.none
            for place in 0..<(count &- 1) { best = min(best, keys[place]) }
            if best == Self.none { return tokens }
            merge(Int(best & 0xFF), rank: UInt32(truncatingIfNeeded: best &>> 8), count: count)
            tokens &-= 1
        }
    }

    /// Begins with bytes and solid characters, and says how many there are.
    private func fill(_ text: ClassifiedText, _ start: Int, end: Int) -> Int {
        var index = start
        var count = 0
        while index < end {
            if let solid = table.solidCharacter(text, index, from: start) {
                ranks[count] = solid.rank
                index &+= solid.width
            } else {
                ranks[count] = table.byteRanks[Int(text.bytes[index])]
                index &+= 1
            }
            next[count] = UInt16(truncatingIfNeeded: count &+ 1)
            previous[count] = UInt16(truncatingIfNeeded: count &- 1)
            count &+= 1
        }
        for place in 0..<(count &- 1) { keys[place] = key(place, ranks[place], ranks[place &+ 1]) }
        return count
    }

    /// Puts the token `rank` in place of the pair at `place`.
    @inline(__always)
    private func merge(_ place: Int, rank: UInt32, count: Int) {
        let gone = Int(next[place])
        let behind = Int(next[gone])
        ranks[place] = rank
        next[place] = UInt16(behind)
        keys[gone] = Self.none
        keys[place] = Self.none
        if behind < count {
            previous[behind] = UInt16(place)
            keys[place] = key(place, rank, ranks[behind])
        }
        if place > 0 {
            let before = Int(previous[place])
            keys[before] = key(before, ranks[before], rank)
        }
    }

    @inline(__always)
    private func key(_ place: Int, _ left: UInt32, _ right: UInt32) -> Int32 {
        guard let merged = table.merged(left, right) else { return Self.none }
        return Int32(merged) &<< 8 | Int32(place)
    }
}
