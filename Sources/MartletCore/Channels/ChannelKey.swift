/// A key of a channel.
public struct ChannelKey: Sendable, Equatable {
    /// What kind of account is behind it.
    public enum Plan: String, Sendable, Equatable, CaseIterable {
        case free
        case paid
        case premium
        case unlimited
        /// Never used.
        case expired
    }

    /// The key itself.
    public var secret: Secret
    /// Its name where it must not be shown: a short hash, the same in every process and after a restart.
    public var id: String
    /// What people recognise it by: its last four characters.
    public var hint: String
    /// Whose it is, as the settings say; empty for nobody.
    public var owner = ""
    /// What kind of account is behind it; nil where the settings do not say.
    public var plan: Plan?
    /// When it ends, in seconds since 1970; nil for never.
    public var expiresAt: Int?
    /// Its quota is used up until then, in seconds since 1970; nil where it is not.
    public var quotaResetAt: Int?

    /// Names a key.
    public init(secret: Secret, id: String, hint: String) {
        self.secret = secret
        self.id = id
        self.hint = hint
    }

    /// Whether it may be used at a time in seconds since 1970.
    public func isUsable(at now: Int) -> Bool {
        plan != .expired && (expiresAt ?? .max) > now && (quotaResetAt ?? 0) <= now
    }
}
