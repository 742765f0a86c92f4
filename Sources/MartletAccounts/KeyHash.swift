import Crypto
public import MartletCore

/// Names a key without holding it: for limits, for the log, for look-ups.
public struct KeyHash: Sendable, Hashable {
    /// SHA-256 of the key, in 64 hexadecimal digits.
    public let text: String

    /// Hashes a key.
    public init(_ key: Secret) {
        let digits = Array("0123456789abcdef".utf8)
        var bytes: [UInt8] = []
        bytes.reserveCapacity(64)
        for byte in SHA256.hash(data: Array(key.revealed.utf8)) {
            bytes.append(digits[Int(byte >> 4)])
            bytes.append(digits[Int(byte & 15)])
        }
        text = String(decoding: bytes, as: UTF8.self)
    }

    /// The first eight digits: enough to tell callers apart in a log.
    public var short: String { String(text.prefix(8)) }
}
