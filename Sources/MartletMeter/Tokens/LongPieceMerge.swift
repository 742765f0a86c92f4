/// Merges the bytes of pieces of any length as `ShortPieceMerge` does, with the pairs in a heap.
///
/// Time: n log n; memory: about 32 bytes per byte of the piece, given back with the value. Belongs to one thread.
struct LongPieceMerge {
    private static let none = UInt32.max

    private let table: BytePairTable
    private var ranks: [UInt32]
    private var next: [UInt32]
    private var previous: [UInt32]
    /// The merged rank of the pair that begins at each place, `none` where nothing merges or no token begins.
    private var pairs: [UInt32]
    /// Merged rank above place, of all pairs there are and some that are gone.
    private var heap: KeyHeap

    /// Prepares to merge the `length` bytes (at least 1) of `text` at `start`.
    init(_ table: BytePairTable, _ text: ClassifiedText, _ start: Int, length: Int) {
        self.table = table
        var parts: [UInt32] = []
        parts.reserveCapacity(length)
        var index = start
        while index < start + length {
            let solid = table.solidCharacter(text, index, from: start)
            parts.append(solid?.rank ?? table.byteRanks[Int(text.bytes[index])])
            index += solid?.width ?? 1
        }
        ranks = parts
        let count = parts.count
        next = (0..<count).map { UInt32($0 + 1) }
        previous = (0..<count).map { UInt32(max($0, 1) - 1) }
        pairs = Array(repeating: Self.none, count: count)
        var keys: [UInt64] = []
        keys.reserveCapacity(count)
        for place in 0..<(count - 1) {
            guard let merged = table.merged(ranks[place], ranks[place + 1]) else { continue }
            pairs[place] = merged
            keys.append(UInt64(merged) << 32 | UInt64(place))
        }
        heap = KeyHeap(keys)
    }

    /// Merges all there is to merge and counts the tokens that remain.
    mutating func count() -> Int {
        var tokens = ranks.count
        while let key = heap.removeLowest() {
            let place = Int(key & 0xFFFF_FFFF)
            let rank = UInt32(key >> 32)
            // A pair that has gone or become another one is left in the heap and passed over here.
            guard pairs[place] == rank else { continue }
            merge(place, rank)
            tokens -= 1
        }
        return tokens
    }

    private mutating func merge(_ place: Int, _ rank: UInt32) {
        let gone = Int(next[place])
        let behind = Int(next[gone])
        ranks[place] = rank
        next[place] = UInt32(behind)
        pairs[gone] = Self.none
        pairs[place] = Self.none
        if behind < ranks.count {
            previous[behind] = UInt32(place)
            setPair(place, rank, ranks[behind])
        }
        if place > 0 {
            let before = Int(previous[place])
            setPair(before, ranks[before], rank)
        }
    }

    private mutating func setPair(_ place: Int, _ left: UInt32, _ right: UInt32) {
        guard let merged = table.merged(left, right) else {
            pairs[place] = Self.none
            return
        }
        pairs[place] = merged
        heap.insert(UInt64(merged) << 32 | UInt64(place))
    }
}
