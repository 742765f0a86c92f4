public import MartletAccounts
public import MartletCore

/// Who asks.
public struct Caller: Sendable {
    /// The key's name for limits and the log.
    public let keyHash: KeyHash
    /// What the client's address counts as in limits.
    public let address: String
    /// Whether the key is known here.
    ///
    /// A vendor's key that a caller brings along is not: only the vendor can tell.
    public let isVerified: Bool
    /// Whether the key opens the channels that have keys of their own.
    public let opensChannels: Bool
    /// The group that the key counts as.
    var group: String
    /// What the key may do; nil for one that was not issued here.
    public let standing: KeyStanding?

    /// Names a caller.
    public init(
        key: Secret,
        address: String,
        access: AccessRule = AccessRule(),
        standing: KeyStanding? = nil
    ) {
        self.init(hash: KeyHash(key), address: address, access: access, standing: standing)
    }

    /// Names a caller whose key has been hashed.
    init(hash: KeyHash, address: String, access: AccessRule, standing: KeyStanding?) {
        keyHash = hash
        self.address = address
        self.standing = standing
        group = standing?.group ?? "default"
        isVerified = standing != nil || access.knows(keyHash)
        opensChannels = isVerified || access.isOpen
    }

    /// What the key counts as in limits: a key that was changed for another is still the same caller.
    var limitSubject: String { standing.map { "#\($0.key.value)" } ?? keyHash.text }

    /// Whether the key may use a model.
    func allows(_ model: ModelName) -> Bool { standing?.allows(model) ?? true }
}
