import Crypto
public import MartletCore

/// Names a key without holding it: for limits, for the log, for look-ups.
public struct KeyHash: Sendable, Hashable {
    /// SHA-256 of the key, in 64 hexadecimal digits.
    public let text: String

    /// Hashes a key.
    public init(_ key: Secret) {
        var hasher = SHA256()
        var text = key.revealed
        text.withUTF8 { hasher.update(bufferPointer: UnsafeRawBufferPointer($0)) }
        let digest = hasher.finalize()
        self.text = String(unsafeUninitializedCapacity: 64) { digits in
            for (index, byte) in digest.enumerated() {
                digits[2 * index] = Self.digit(byte >> 4)
                digits[2 * index + 1] = Self.digit(byte & 15)
            }
            return 64
        }
    }

    private static func digit(_ value: UInt8) -> UInt8 {
        value < 10 ? UInt8(ascii: "0") + value : UInt8(ascii: "a") + value - 10
    }

    /// The first eight digits: enough to tell callers apart in a log.
    public var short: String { String(Substring(text.utf8.prefix(8))) }
}
