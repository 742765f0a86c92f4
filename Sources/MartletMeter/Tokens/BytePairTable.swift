/// A vocabulary's table, read where it lies: opening it costs the same for any size and copies nothing.
///
/// Its layout is told in `Sources/CTables/make-tables`. A damaged slot makes a count wrong, but is never an address:
/// what the table says is compared or looked up, and lengths into it are checked. Safe from any thread, valid as
/// long as the bytes are.
struct BytePairTable {
    /// The sections of an open-addressing table: where it lies, its slots, and the longest way to a key.
    struct Slots {
        /// Where the first slot lies.
        let start: UnsafeRawPointer
        /// How many slots there are.
        let count: UInt64
        /// How many slots behind its first one a key may lie.
        let reach: Int
    }

    /// How many bytes the longest token has.
    let longestToken: Int

    /// The rank of each single byte, 256 of them.
    let byteRanks: UnsafePointer<UInt32>

    /// Tokens of 2 to 7 bytes.
    let short: Slots

    /// Tokens of 8 to 15 bytes.
    let medium: Slots

    /// Longer tokens, as places in `pool`.
    let long: Slots

    /// The pairs of ranks that merge.
    let pairs: Slots

    /// The block number of each 128 code points, behind them the blocks with the ranks of solid characters.
    let characters: UnsafeRawPointer

    /// How many such blocks there are.
    let characterBlocks: Int

    /// The bytes of the long tokens, each behind its length.
    let pool: UnsafeRawBufferPointer

    private static let headerSize = 128
    private static let magic: UInt64 = 0x3145_5042_5452_414D  // "MARTBPE1"

    /// Opens a table after checking its header and samples of its content, which touches few pages.
    ///
    /// - Throws: `.size` when bytes are missing, `.header` when it is not of this version or its header is damaged,
    ///   `.content` when its content fails a check of samples.
    init(checking bytes: UnsafeRawBufferPointer) throws(TokenTableError) {
        guard bytes.count >= Self.headerSize else {
            throw .size(expected: Self.headerSize, found: bytes.count)
        }
        guard bytes.loadUnaligned(as: UInt64.self) == Self.magic, Self.headerIsWhole(bytes) else {
            throw .header
        }
        let expected = Int(Self.field(.totalSize, of: bytes))
        guard bytes.count == expected else { throw .size(expected: expected, found: bytes.count) }
        guard Self.sampleChecksum(bytes) == Self.field(.sampleChecksum, of: bytes) else { throw .content }
        guard let table = BytePairTable(trusting: bytes) else { throw .header }
        self = table
    }

    /// Opens a table that was checked before; nil if there are no bytes.
    init?(trusting bytes: UnsafeRawBufferPointer) {
        guard let start = bytes.baseAddress else { return nil }
        func slots(_ section: Field, _ count: Field, _ reach: Field) -> Slots {
            Slots(
                start: start + Int(Self.field(section, of: bytes)),
                count: UInt64(Self.field(count, of: bytes)),
                reach: Int(Self.field(reach, of: bytes))
            )
        }
        longestToken = Int(Self.field(.longestToken, of: bytes))
        byteRanks = (start + Int(Self.field(.byteRanks, of: bytes))).assumingMemoryBound(to: UInt32.self)
        characterBlocks = Int(Self.field(.characterBlocks, of: bytes))
        characters = start + Int(Self.field(.characters, of: bytes))
        short = slots(.short, .shortSlots, .shortReach)
        medium = slots(.medium, .mediumSlots, .mediumReach)
        long = slots(.long, .longSlots, .longReach)
        pairs = slots(.pairs, .pairSlots, .pairReach)
        pool = UnsafeRawBufferPointer(
            start: start + Int(Self.field(.pool, of: bytes)),
            count: Int(Self.field(.poolSize, of: bytes))
        )
    }

    /// The header's fields in their order, UInt32 each, behind the magic number.
    private enum Field: Int {
        case totalSize, tokenCount, longestToken, sampleChecksum, byteRanks
        case short, shortSlots, shortReach, medium, mediumSlots, mediumReach
        case long, longSlots, longReach, pool, poolSize, pairs, pairSlots, pairReach, characters,
            characterBlocks
    }

    private static func field(_ field: Field, of bytes: UnsafeRawBufferPointer) -> UInt32 {
        bytes.loadUnaligned(fromByteOffset: 8 + 4 * field.rawValue, as: UInt32.self)
    }

    /// Whether the header fits its checksum, its last four bytes.
    private static func headerIsWhole(_ bytes: UnsafeRawBufferPointer) -> Bool {
        var value: UInt64 = 0
        for offset in stride(from: 0, to: headerSize, by: 8) {
            var word = bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self)
            if offset == headerSize - 8 { word &= 0xFFFF_FFFF }
            value = TableHash.fold(value, word)
        }
        return UInt32(value >> 32) == bytes.loadUnaligned(fromByteOffset: headerSize - 4, as: UInt32.self)
    }

    /// A checksum over 16 words spread evenly behind the header: enough to see a file that was mangled as a whole.
    private static func sampleChecksum(_ bytes: UnsafeRawBufferPointer) -> UInt32 {
        let words = (bytes.count - headerSize) / 8
        var value: UInt64 = 0
        for sample in 0..<16 {
            let offset = headerSize + 8 * (words * (2 * sample + 1) / 32)
            value = TableHash.fold(value, bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self))
        }
        return UInt32(value >> 32)
    }
}
