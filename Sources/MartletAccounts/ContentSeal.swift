import Crypto
public import MartletCore

/// Seals what a caller says with the caller's own key, so that a database can keep what nobody else can read.
///
/// AES-256-GCM under a key that HKDF-SHA-256 derives from the API key; the API key itself is kept nowhere.
///
/// Source: RFC 5869, NIST SP 800-38D.
public struct ContentSeal: Sendable {
    private let key: SymmetricKey

    /// Derives the sealing key.
    public init(_ key: Secret) {
        self.key = HKDF<SHA256>.deriveKey(
            inputKeyMaterial: SymmetricKey(data: Array(key.revealed.utf8)),
            info: Array("martlet stored content 1".utf8),
            outputByteCount: 32
        )
    }

    /// Seals bytes under a name, which has to be given again to open them; nil when that fails, which it does not.
    public func seal(_ bytes: [UInt8], named name: String) -> [UInt8]? {
        let box = try? AES.GCM.seal(bytes, using: key, authenticating: Array(name.utf8))
        return box?.combined.map { Array($0) }
    }

    /// Opens what was sealed with the same key under the same name; nil for anything else.
    public func open(_ sealed: [UInt8], named name: String) -> [UInt8]? {
        guard let box = try? AES.GCM.SealedBox(combined: sealed) else { return nil }
        return (try? AES.GCM.open(box, using: key, authenticating: Array(name.utf8))).map { Array($0) }
    }
}
