public import MartletCore
public import MartletStore

/// Finds out whose a key is.
///
/// The database is asked for each request, so that what was revoked works no more in any process. A key is looked up by its
/// hash: how long that takes tells nothing of keys that exist. Safe from any thread.
public struct Authenticator: Sendable {
    private let store: Store

    /// Asks a database.
    public init(store: Store) {
        self.store = store
    }

    /// What a look at a key tells.
    public struct Look: Sendable {
        /// What the key may do; nil for one that was not issued here and does not look like it.
        public let standing: KeyStanding?
        /// Moves with every change of a channel.
        public let channelRevision: Int64
    }

    /// Looks at a key, and at the revision of the channels.
    ///
    /// - Parameters:
    ///   - key: the key.
    ///   - hash: its hash.
    ///   - now: the time in seconds since 1970.
    /// - Returns: what it tells.
    /// - Throws: `GatewayError` of kind `invalidKey` for a key that is revoked, over, or of a form that only keys from here
    ///   have; `forbidden` for one of an account that is disabled; `unavailable` when the database fails.
    public func look(at key: Secret, hash: KeyHash, now: Int) throws(GatewayError) -> Look {
        let (found, revision) = try ask { tables throws(StoreError) -> (Found?, Int64) in
            let revision = try tables.channels.revision()
            guard let row = try tables.keys.row(hash: hash.text, now: now),
                let account = try tables.accounts.row(row.account)
            else { return (nil, revision) }
            let group = row.group.isEmpty ? account.group : row.group
            let ratio = try tables.groups.ratio(of: group)
            return (Found(row: row, account: account, group: group, ratio: ratio), revision)
        }
        guard let found else {
            if KeyIssuer.isOurs(key) { throw Self.refusal("The API key is not valid.") }
            return Look(standing: nil, channelRevision: revision)
        }
        let (row, account) = (found.row, found.account)
        guard row.status == .enabled, account.status != .deleted else {
            throw Self.refusal("The API key has been revoked.")
        }
        if row.limits.expires > 0, row.limits.expires <= now {
            throw Self.refusal("The API key has expired.")
        }
        guard account.status == .enabled else {
            throw GatewayError(.forbidden, "The account of this API key is disabled.", code: "user_disabled")
        }
        let standing = KeyStanding(
            account: account.id,
            key: row.id,
            username: account.username,
            role: account.role,
            group: found.group,
            ratio: found.ratio,
            isUnlimited: row.isUnlimited && account.isUnlimited,
            models: row.limits.models.map(NamePattern.init),
            limits: row.limits
        )
        return Look(standing: standing, channelRevision: revision)
    }

    private struct Found {
        let row: ApiKeyTable.Row
        let account: AccountTable.Row
        let group: String
        let ratio: Int
    }

    private static func refusal(_ text: String) -> GatewayError {
        GatewayError(.invalidKey, text, shouldRetry: false)
    }

    private func ask<Result>(
        _ question: (StoreTables) throws(StoreError) -> Result
    ) throws(GatewayError) -> Result {
        do {
            return try store.read(question)
        } catch {
            throw GatewayError(
                .unavailable,
                "API keys cannot be looked up at the moment.",
                detail: "\(error)",
                retryAfter: .seconds(5)
            )
        }
    }
}
