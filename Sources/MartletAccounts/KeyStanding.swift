public import MartletCore
public import MartletStore

/// What a key that was issued here may do, as of this request.
public struct KeyStanding: Sendable {
    /// Whose it is.
    public let account: AccountID
    /// The key.
    public let key: KeyID
    /// Whose it is, for people.
    public let username: String
    /// What the account may do.
    public let role: Role
    /// The group that it counts as.
    public let group: String
    /// What the group pays of the price, in millionths.
    public let ratio: Int
    /// Whether neither key nor account has a limit of money.
    public let isUnlimited: Bool
    /// Which models it may use; none means all.
    public let models: [NamePattern]
    /// Its limits.
    public let limits: ApiKeyTable.Limits

    /// Whether it may use a model.
    public func allows(_ model: ModelName) -> Bool {
        models.isEmpty || models.contains { $0.matches(model.text) }
    }
}
