public import MartletCore
public import MartletStore
import Threading

/// Finds out whose a key is.
///
/// What the database says is remembered as long as the revision stands, which moves with every change of an account, a key,
/// a group or a channel, and for a second at most: what was revoked works no more with the next request in any process. A key
/// is looked up by its hash: how long that takes tells nothing of keys that exist. Safe from any thread.
public final class Authenticator: Sendable {
    private struct Memory {
        var revision: UInt64 = 0
        var looks: [KeyHash: (look: Look, time: ContinuousClock.Instant)] = [:]
    }

    private static let mostRemembered = 4_096
    private static let rememberedFor = Duration.seconds(1)
    private let store: Store
    private let revision: AccountRevision?
    private let memory = Guarded(Memory())

    /// Asks a database.
    ///
    /// `revision` tells when it has changed; nil asks it for every request.
    public init(store: Store, revision: AccountRevision? = nil) {
        self.store = store
        self.revision = revision
    }

    /// What is remembered of a key, if it still holds.
    private func remembered(_ hash: KeyHash, now: Int, at revision: UInt64) -> Look? {
        memory.withLock { memory in
            guard memory.revision == revision, let (look, time) = memory.looks[hash],
                ContinuousClock.now - time < Self.rememberedFor
            else { return nil }
            if let end = look.standing?.limits.expires, end > 0, end <= now { return nil }
            return look
        }
    }

    private func remember(_ look: Look, of hash: KeyHash, at revision: UInt64) {
        memory.withLock { memory in
            if memory.revision != revision || memory.looks.count >= Self.mostRemembered {
                memory = Memory(revision: revision)
            }
            memory.looks[hash] = (look, .now)
        }
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
        guard let revision else { return try ask(key, hash: hash, now: now) }
        // Noted before the question: what changes meanwhile moves it on, and the answer is not taken for a newer one.
        let current = revision.current
        if let known = remembered(hash, now: now, at: current) { return known }
        let look = try ask(key, hash: hash, now: now)
        remember(look, of: hash, at: current)
        return look
    }

    private func ask(_ key: Secret, hash: KeyHash, now: Int) throws(GatewayError) -> Look {
        var isOver = false
        let (found, revision) = try ask { tables throws(StoreError) -> (Found?, Int64) in
            let revision = try tables.channels.revision()
            guard let row = try tables.keys.row(hash: hash.text, now: now),
                let account = try tables.accounts.row(row.account)
            else {
                // A hash whose time is over is no stranger's: it must not be taken for a vendor's key.
                isOver = try tables.keys.isTaken(hash: hash.text)
                return (nil, revision)
            }
            let group = row.group.isEmpty ? account.group : row.group
            let ratio = try tables.groups.ratio(of: group)
            return (Found(row: row, account: account, group: group, ratio: ratio), revision)
        }
        guard let found else {
            if isOver { throw Self.refusal("The API key has been changed for another.") }
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
