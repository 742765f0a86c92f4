import Crypto
public import MartletCore

/// Seals what must be kept and read again: the keys of channels.
///
/// AES-256-GCM under a key that HKDF-SHA-256 derives from a master key. What a secret belongs to is bound to it, so that a
/// sealed secret opens in no other record. Several master keys can be known at once, while one takes the other's place.
///
/// Shape: `v1.KEY.TEXT`, the key's name in 16 hexadecimal digits and nonce, secret and tag in base64.
///
/// Source: NIST SP 800-38D, RFC 5869.
public struct Vault: Sendable {
    private struct Key: Sendable {
        let name: String
        let key: SymmetricKey
    }

    /// The shortest master key in bytes.
    public static let shortestKey = 32
    private let keys: [Key]

    /// Takes master keys, of which the first seals and all open; nil where there is none, or where one is too short.
    public init?(masterKeys: [Secret]) {
        guard !masterKeys.isEmpty, masterKeys.allSatisfy({ $0.revealed.utf8.count >= Self.shortestKey })
        else {
            return nil
        }
        keys = masterKeys.map { master in
            let derived = HKDF<SHA256>.deriveKey(
                inputKeyMaterial: SymmetricKey(data: Array(master.revealed.utf8)),
                info: Array("martlet channel keys 1".utf8),
                outputByteCount: 32
            )
            // The name tells nothing of the key: it is a hash of what was derived for it alone.
            let name = HKDF<SHA256>.deriveKey(
                inputKeyMaterial: SymmetricKey(data: Array(master.revealed.utf8)),
                info: Array("martlet key name 1".utf8),
                outputByteCount: 8
            ).withUnsafeBytes { bytes in
                bytes.map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined()
            }
            return Key(name: name, key: derived)
        }
    }

    /// Seals a secret for a record; nil when that fails, which it does not.
    public func seal(_ secret: Secret, for record: String) -> String? {
        let box = try? AES.GCM.seal(
            Array(secret.revealed.utf8),
            using: keys[0].key,
            authenticating: Array("\(keys[0].name) \(record)".utf8)
        )
        return box?.combined.map { "v1.\(keys[0].name).\(Base64Encoding.text(Array($0)))" }
    }

    /// Opens what was sealed for the same record; nil for anything else.
    public func open(_ sealed: String, for record: String) -> Secret? {
        let parts = sealed.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
        guard parts.count == 3, parts[0] == "v1", let key = keys.first(where: { $0.name == parts[1] }),
            let bytes = Base64Encoding.bytes(in: parts[2]), let box = try? AES.GCM.SealedBox(combined: bytes),
            let opened = try? AES.GCM.open(
                box,
                using: key.key,
                authenticating: Array("\(key.name) \(record)".utf8)
            ),
            let text = String(validating: opened, as: UTF8.self)
        else { return nil }
        return Secret(text)
    }

    /// Whether something was sealed with the key that seals now.
    public func isCurrent(_ sealed: String) -> Bool { sealed.hasPrefix("v1.\(keys[0].name).") }
}
