/// Tells whether a piece equals all the text that came before it, without keeping that text.
///
/// A stream may be long and there may be a thousand of them: 24 bytes each must do. The hash is seeded by the
/// system, so nobody can prepare two texts that look alike.
struct TextFingerprint {
    private static let seed = UInt64.random(in: 1...UInt64.max) | 1
    private var hash: UInt64 = 0
    /// How many bytes of UTF-8 have come.
    private(set) var count = 0

    /// Whether nothing has come.
    var isEmpty: Bool { count == 0 }

    mutating func add(_ piece: String) {
        hash = Self.extend(hash, by: piece)
        count += piece.utf8.count
    }

    func matches(_ piece: String) -> Bool {
        count > 0 && piece.utf8.count == count && Self.extend(0, by: piece) == hash
    }

    /// A polynomial modulo 2^61 − 1, evaluated at the seed: extending byte by byte gives the same as all at once.
    private static func extend(_ start: UInt64, by piece: String) -> UInt64 {
        let modulus: UInt64 = (1 << 61) - 1
        let base = seed % modulus
        var hash = start
        for byte in piece.utf8 {
            let product = hash.multipliedFullWidth(by: base)
            let low = product.low & modulus
            let high = product.high << 3 | product.low >> 61
            hash = (low + high) % modulus
            hash = (hash + UInt64(byte) + 1) % modulus
        }
        return hash
    }
}
