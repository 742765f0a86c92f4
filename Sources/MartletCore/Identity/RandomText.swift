import Glibc

/// Random identifiers from the system's generator.
public enum RandomText {
    private static let alphabet = Array("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz".utf8)

    /// Random letters and digits, 62 kinds, so that 24 of them carry 142 bits.
    public static func alphanumeric(_ count: Int) -> String {
        let alphabet = alphabet
        return unsafe String(unsafeUninitializedCapacity: count) { letters in
            var written = 0
            while written < count {
                // A few more than needed, so that one system call is enough nearly always.
                for byte in randomBytes(count - written + 8) where written < count {
                    // Six bits of each; 62 and 63 are thrown away, which keeps the letters equally likely.
                    let index = Int(byte & 63)
                    guard index < alphabet.count else { continue }
                    unsafe letters[written] = alphabet[index]
                    written += 1
                }
            }
            return count
        }
    }

    /// A number in the same letters and digits, the greater the later in the order of bytes.
    static func ordered(_ number: Int, count: Int) -> String {
        let alphabet = alphabet
        return unsafe String(unsafeUninitializedCapacity: count) { letters in
            var rest = number
            for index in (0..<count).reversed() {
                unsafe letters[index] = alphabet[rest % alphabet.count]
                rest /= alphabet.count
            }
            return count
        }
    }

    /// One system call for up to 256 bytes, where Swift's generator makes one for every eight.
    private static func randomBytes(_ count: Int) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: min(count, 256))
        let isFilled = unsafe bytes.withUnsafeMutableBytes { buffer in
            guard let start = buffer.baseAddress else { return true }
            return unsafe getentropy(start, buffer.count) == 0
        }
        // A kernel without the call: Swift's generator knows another way.
        if !isFilled { for index in bytes.indices { bytes[index] = .random(in: .min ... .max) } }
        return bytes
    }
}
