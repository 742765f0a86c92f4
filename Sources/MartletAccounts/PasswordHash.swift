import Crypto
import CryptoExtras
public import MartletCore
import Synchronization

/// Hashes passwords, and tells whether one is right.
///
/// Shape of a hash: `scrypt$15$8$3$SALT$HASH` (the logarithm of the cost, block size, parallelism, both texts in base64);
/// `SALT:HASH` of the relays before, PBKDF2-HMAC-SHA-256 with 100,000 rounds, is read as well. One hash takes 32 MiB for a
/// moment, so a process makes one at a time. Safe from any thread.
///
/// Source: RFC 7914; OWASP's Password Storage Cheat Sheet (2026-05).
public enum PasswordHash {
    /// What a look at a hash tells.
    public enum Verdict: Sendable, Equatable {
        case wrong
        case right
        /// Right, and the hash should be made anew: its form is an old one.
        case rightButOld
    }

    private static let cost = 15
    private static let blockSize = 8
    private static let parallelism = 3
    private static let outputCount = 32
    private static let oldRounds = 100_000
    private static let turn = Mutex(())
    /// Nobody's: whoever names an unknown account waits as long as whoever names a known one.
    private static let nobodys = make(Secret(RandomText.alphanumeric(32)))

    /// Hashes a password with a salt of its own.
    public static func make(_ password: Secret) -> String {
        let salt = [UInt8](SymmetricKey(size: .bits128).withUnsafeBytes { Array($0) })
        guard let hash = scrypt(password, salt, cost: cost, blockSize: blockSize, parallelism: parallelism)
        else {
            // No password fits the empty hash.
            return ""
        }
        return
            "scrypt$\(cost)$\(blockSize)$\(parallelism)$\(Base64Encoding.text(salt))$\(Base64Encoding.text(hash))"
    }

    /// Whether a password belongs to a hash; nil for that of an account that is not there, which takes as long.
    public static func verify(_ password: Secret, against hash: String?) -> Verdict {
        guard let hash, !hash.isEmpty else {
            _ = verify(password, against: nobodys)
            return .wrong
        }
        let parts = hash.split(separator: "$").map(String.init)
        if parts.count == 6, parts[0] == "scrypt", let numbers = numbers(parts[1...3]),
            let salt = Base64Encoding.bytes(in: parts[4]), let wanted = Base64Encoding.bytes(in: parts[5]),
            let found = scrypt(
                password,
                salt,
                cost: numbers[0],
                blockSize: numbers[1],
                parallelism: numbers[2]
            )
        {
            guard isSame(found, wanted) else { return .wrong }
            return numbers == [cost, blockSize, parallelism] ? .right : .rightButOld
        }
        let old = hash.split(separator: ":").map(String.init)
        if old.count == 2, let salt = Base64Encoding.bytes(in: old[0]),
            let wanted = Base64Encoding.bytes(in: old[1]), let found = pbkdf2(password, salt)
        {
            return isSame(found, wanted) ? .rightButOld : .wrong
        }
        return .wrong
    }

    private static func numbers(_ texts: ArraySlice<String>) -> [Int]? {
        let numbers = texts.compactMap { Int($0) }
        // What a database says must not take the machine's memory.
        guard numbers.count == 3, (10...17).contains(numbers[0]), (1...16).contains(numbers[1]),
            (1...16).contains(numbers[2])
        else { return nil }
        return numbers
    }

    private static func scrypt(
        _ password: Secret,
        _ salt: [UInt8],
        cost: Int,
        blockSize: Int,
        parallelism: Int
    ) -> [UInt8]? {
        turn.withLock { _ in
            let key = try? KDF.Scrypt.deriveKey(
                from: Array(password.revealed.utf8),
                salt: salt,
                outputByteCount: outputCount,
                rounds: 1 << cost,
                blockSize: blockSize,
                parallelism: parallelism
            )
            return key?.withUnsafeBytes { Array($0) }
        }
    }

    private static func pbkdf2(_ password: Secret, _ salt: [UInt8]) -> [UInt8]? {
        let key = try? KDF.Insecure.PBKDF2.deriveKey(
            from: Array(password.revealed.utf8),
            salt: salt,
            using: .sha256,
            outputByteCount: outputCount,
            unsafeUncheckedRounds: oldRounds
        )
        return key?.withUnsafeBytes { Array($0) }
    }

    /// Takes as long wherever the first difference is.
    private static func isSame(_ one: [UInt8], _ other: [UInt8]) -> Bool {
        one.count == other.count && zip(one, other).reduce(0) { $0 | ($1.0 ^ $1.1) } == 0
    }
}
