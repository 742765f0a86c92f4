/// The hash functions of the tables, the same as in `Sources/CTables/make-tables`.
enum TableHash {
    private static let multiplier: UInt64 = 0x9E37_79B9_7F4A_7C15
    private static let secondMultiplier: UInt64 = 0xC2B2_AE3D_27D4_EB4F

    /// Hashes one word.
    @inline(__always)
    static func hash(_ word: UInt64) -> UInt64 {
        (word ^ (word >> 32)) &* multiplier
    }

    /// Hashes two words.
    @inline(__always)
    static func fold(_ first: UInt64, _ second: UInt64) -> UInt64 {
        let mixed = (first &* multiplier) ^ (second &* secondMultiplier)
        return (mixed ^ (mixed >> 32)) &* multiplier
    }

    /// The slot in which the search for a hash begins, in a table of `slots` slots.
    @inline(__always)
    static func slot(_ hash: UInt64, in slots: UInt64) -> UInt64 {
        ((hash >> 32) &* slots) >> 32
    }
}
