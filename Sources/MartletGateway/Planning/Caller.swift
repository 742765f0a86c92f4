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

    /// Names a caller.
    public init(key: Secret, address: String, access: AccessRule = AccessRule()) {
        keyHash = KeyHash(key)
        self.address = address
        isVerified = access.knows(keyHash)
        opensChannels = isVerified || access.isOpen
    }
}
