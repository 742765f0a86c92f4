import Crypto
public import MartletCore

/// The SHA-256 of a file, gathered piece by piece.
public struct ContentDigest {
    private var hash = SHA256()

    /// Nothing gathered yet.
    public init() {}

    /// The hash of a whole file, in 64 hexadecimal digits.
    public static func text(of bytes: MediaBytes) -> String {
        var digest = ContentDigest()
        bytes.inspect { digest.add($0) }
        return digest.text
    }

    /// Takes the next bytes.
    public mutating func add(_ bytes: ArraySlice<UInt8>) {
        bytes.withUnsafeBytes { hash.update(bufferPointer: $0) }
    }

    /// The hash of what was gathered, in 64 hexadecimal digits.
    public var text: String {
        let digits = Array("0123456789abcdef".utf8)
        return String(
            decoding: hash.finalize().flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] },
            as: UTF8.self
        )
    }
}
