public import MartletAccounts
public import MartletCore

/// Who asks: a key that Martlet cannot verify itself, and an address.
public struct Caller: Sendable {
    /// The key's name for limits and the log.
    public let keyHash: KeyHash
    /// The client's address.
    public let address: String

    /// Names a caller.
    public init(key: Secret, address: String) {
        keyHash = KeyHash(key)
        self.address = address
    }
}
