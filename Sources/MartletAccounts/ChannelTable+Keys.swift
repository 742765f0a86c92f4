public import MartletCore
public import MartletStore

extension ChannelTable.Key {
    /// The beginning of a key's hash, by which it is named: see `ChannelKey.id`.
    public static func name(of secret: Secret) -> String { String(KeyHash(secret).text.prefix(12)) }

    /// A key's last characters; none of a short one, which they would give away.
    public static func hint(of secret: Secret) -> String {
        secret.revealed.utf8.count >= 16 ? String(secret.revealed.suffix(4)) : "…"
    }

    /// Seals a key for a channel; nil where it cannot be sealed.
    public init?(_ secret: Secret, of channel: Int64, in vault: Vault) {
        let name = Self.name(of: secret)
        guard let sealed = vault.seal(secret, for: Self.record(channel: channel, name: name)) else {
            return nil
        }
        self.init(channel: channel, sealed: sealed, hint: Self.hint(of: secret), name: name)
    }
}
