/// Random identifiers from the system's generator.
public enum RandomText {
    private static let alphabet = Array("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz".utf8)

    /// Random letters and digits, 62 kinds, so that 24 of them carry 142 bits.
    public static func alphanumeric(_ count: Int) -> String {
        var generator = SystemRandomNumberGenerator()
        var bytes: [UInt8] = []
        bytes.reserveCapacity(count)
        var bits: UInt64 = 0
        var available = 0
        while bytes.count < count {
            if available < 6 {
                bits = generator.next()
                available = 64
            }
            // Six bits at a time; 62 and 63 are thrown away, which keeps the letters equally likely.
            let index = Int(bits & 63)
            bits >>= 6
            available -= 6
            if index < alphabet.count { bytes.append(alphabet[index]) }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
