public import MartletCore
import SQL

/// API keys that were issued here, and what each may do.
///
/// The keys themselves are nowhere, only their hashes. What a key has and has spent is changed by `LedgerTable` alone. The
/// table is made with that of the accounts. Belongs to the transaction that it was made for.
public struct ApiKeyTable {
    /// Whether a key may be used.
    public enum Status: Int, Sendable {
        /// It may.
        case enabled = 1
        /// Somebody has disabled it.
        case disabled = 2
        /// It is gone for everyone but the books.
        case deleted = 3
    }

    /// What a key may do; zeros and empty texts set no limit.
    public struct Limits: Sendable, Equatable {
        /// Models, by names and patterns with `*`.
        public var models: [String] = []
        /// Networks that it may come from, in CIDR notation.
        public var networks: [String] = []
        /// When it stops working, in seconds since 1970.
        public var expires = 0
        /// Requests in a minute.
        public var requestsPerMinute = 0
        /// Tokens in a minute.
        public var tokensPerMinute = 0
        /// Requests at once.
        public var concurrent = 0
        /// What it may spend in a day (UTC).
        public var dailyBudget = Credits.zero
        /// What it may spend in a month (UTC).
        public var monthlyBudget = Credits.zero

        /// No limits.
        public init() {}
    }

    /// One key.
    public struct Row: Sendable, Equatable {
        /// Its number; `KeyID.none` for one that is not in the table yet.
        public var id = KeyID.none
        /// Whose it is.
        public var account: AccountID
        /// Enough of it for people to recognise it, not enough to use it.
        public var hint = ""
        /// The name for people.
        public var name = ""
        /// Whether it may be used.
        public var status = Status.enabled
        /// Whether it may spend all that its account has.
        public var isUnlimited = true
        /// What it has; what is reserved is still in it.
        public var balance = Credits.zero
        /// What requests that run have reserved.
        public var reserved = Credits.zero
        /// What it has spent.
        public var used = Credits.zero
        /// How many requests have been settled.
        public var requests = 0
        /// What it may do.
        public var limits = Limits()
        /// Words to sort keys by.
        public var tags: [String] = []
        /// The group that it counts as; empty for its account's.
        public var group = ""
        /// When it was made, in seconds since 1970.
        public var created = 0
        /// When it was settled last, in seconds since 1970; 0 for never.
        public var accessed = 0

        /// Makes a key; see the properties.
        public init(account: AccountID) {
            self.account = account
        }
    }

    let connection: any SQLConnection

    /// Adds a key with the hash that it is found by; its number is given here.
    ///
    /// - Returns: the number; nil where the hash is taken.
    /// - Throws: `StoreError` by cause.
    public func add(_ row: Row, hash: String) throws(StoreError) -> KeyID? {
        try StoreError.catching {
            guard try connection.rows("SELECT 1 FROM api_key_hash WHERE hash = $1", .text(hash)).isEmpty
            else {
                return nil
            }
            let added = try connection.rows(
                """
                INSERT INTO api_key (account, balance, used, requests, created, accessed, hint, name, status,
                    unlimited, models, networks, expires, requests_per_minute, tokens_per_minute, concurrent,
                    daily_budget, monthly_budget, tags, group_name)
                VALUES ($1, $2, 0, 0, $3, 0, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17)
                RETURNING id
                """,
                binding: [
                    .integer(row.account.value), .integer(row.balance.nano), .integer(Int64(row.created)),
                ] + Self.editable(row)
            )
            let id = KeyID(try added[0].integer(0))
            try put(hash: hash, of: id)
            return id
        }
    }

    /// Lets a key be found by one more hash.
    ///
    /// - Throws: `StoreError` by cause.
    public func put(hash: String, of id: KeyID) throws(StoreError) {
        try StoreError.catching {
            _ = try connection.execute(
                "INSERT INTO api_key_hash (hash, key, until) VALUES ($1, $2, 0)",
                .text(hash),
                .integer(id.value)
            )
        }
    }

    /// Lets all hashes of a key end at a time, in seconds since 1970; those that end before stay as they are.
    ///
    /// - Throws: `StoreError` by cause.
    public func endHashes(of id: KeyID, at time: Int) throws(StoreError) {
        try StoreError.catching {
            _ = try connection.execute(
                "UPDATE api_key_hash SET until = $2 WHERE key = $1 AND (until = 0 OR until > $2)",
                .integer(id.value),
                .integer(Int64(max(1, time)))
            )
        }
    }

    /// The key of a hash; nil for a hash that nobody has or whose time is over.
    ///
    /// - Throws: `StoreError` by cause.
    public func row(hash: String, now: Int) throws(StoreError) -> Row? {
        try StoreError.catching {
            let rows = try connection.rows(
                """
                SELECT k.id, k.account, k.balance,
                    (SELECT coalesce(sum(r.amount), 0) FROM reservation r WHERE r.account = k.account AND r.key = k.id),
                    k.used, k.requests, k.created, k.accessed, k.hint,
                    k.name, k.status, k.unlimited, k.models, k.networks, k.expires, k.requests_per_minute,
                    k.tokens_per_minute, k.concurrent, k.daily_budget, k.monthly_budget, k.tags, k.group_name
                FROM api_key_hash h JOIN api_key k ON k.id = h.key
                WHERE h.hash = $1 AND (h.until = 0 OR h.until > $2)
                """,
                .text(hash),
                .integer(Int64(now))
            )
            return try rows.first.map(Self.row)
        }
    }

    /// One key; nil where there is none.
    ///
    /// - Throws: `StoreError` by cause.
    public func row(_ id: KeyID) throws(StoreError) -> Row? {
        try StoreError.catching {
            let rows = try connection.rows(
                """
                SELECT id, account, balance,
                    (SELECT coalesce(sum(r.amount), 0) FROM reservation r
                        WHERE r.account = api_key.account AND r.key = api_key.id),
                    used, requests, created, accessed, hint, name, status,
                    unlimited, models, networks, expires, requests_per_minute, tokens_per_minute, concurrent,
                    daily_budget, monthly_budget, tags, group_name
                FROM api_key WHERE id = $1
                """,
                .integer(id.value)
            )
            return try rows.first.map(Self.row)
        }
    }

    /// An account's keys that were not deleted, newest first, and how many there are in all.
    ///
    /// - Parameters:
    ///   - account: whose; `AccountID.none` for everybody's.
    ///   - keyword: a part of the name or of the hint; empty for all.
    ///   - offset: how many come before.
    ///   - limit: how many at most.
    /// - Returns: both.
    /// - Throws: `StoreError` by cause.
    public func rows(
        of account: AccountID,
        keyword: String = "",
        offset: Int = 0,
        limit: Int = 100
    ) throws(StoreError) -> (rows: [Row], total: Int) {
        try StoreError.catching {
            let values: [SQLValue] = [.integer(account.value), .text(SQLPattern.containing(keyword))]
            let rows = try connection.rows(
                """
                SELECT id, account, balance,
                    (SELECT coalesce(sum(r.amount), 0) FROM reservation r
                        WHERE r.account = api_key.account AND r.key = api_key.id),
                    used, requests, created, accessed, hint, name, status,
                    unlimited, models, networks, expires, requests_per_minute, tokens_per_minute, concurrent,
                    daily_budget, monthly_budget, tags, group_name
                FROM api_key
                WHERE status <> 3 AND ($1 = 0 OR account = $1)
                    AND (name LIKE $2 ESCAPE '\\' OR hint LIKE $2 ESCAPE '\\')
                ORDER BY id DESC LIMIT $3 OFFSET $4
                """,
                binding: values + [.integer(Int64(limit)), .integer(Int64(offset))]
            )
            let total = try connection.rows(
                """
                SELECT count(*) FROM api_key
                WHERE status <> 3 AND ($1 = 0 OR account = $1)
                    AND (name LIKE $2 ESCAPE '\\' OR hint LIKE $2 ESCAPE '\\')
                """,
                binding: values
            )
            return (try rows.map(Self.row), Int(try total[0].integer(0)))
        }
    }

    /// Whether a hash belongs to a key, or did: it is nobody else's any more.
    ///
    /// - Throws: `StoreError` by cause.
    public func isTaken(hash: String) throws(StoreError) -> Bool {
        try StoreError.catching {
            try !connection.rows("SELECT 1 FROM api_key_hash WHERE hash = $1", .text(hash)).isEmpty
        }
    }

    /// Changes a part of a key as it is now, whatever was read of it before; never its money.
    ///
    /// - Returns: what has become of it; nil where there is no key, or one that was revoked.
    /// - Throws: `StoreError` by cause, or what `change` throws.
    @discardableResult
    public func change(
        _ id: KeyID,
        _ change: (inout Row) throws(StoreError) -> Void
    ) throws(StoreError) -> Row? {
        guard var row = try row(id), row.status != .deleted else { return nil }
        try change(&row)
        try update(row)
        return row
    }

    private func update(_ row: Row) throws(StoreError) {
        try StoreError.catching {
            _ = try connection.execute(
                """
                UPDATE api_key SET hint = $2, name = $3, status = $4, unlimited = $5, models = $6, networks = $7,
                    expires = $8, requests_per_minute = $9, tokens_per_minute = $10, concurrent = $11,
                    daily_budget = $12, monthly_budget = $13, tags = $14, group_name = $15
                WHERE id = $1
                """,
                binding: [.integer(row.id.value)] + Self.editable(row)
            )
        }
    }

    private static func editable(_ row: Row) -> [SQLValue] {
        let limits = row.limits
        return [
            .text(row.hint), .text(row.name), .integer(Int64(row.status.rawValue)),
            .integer(row.isUnlimited ? 1 : 0), .text(limits.models.joined(separator: ",")),
            .text(limits.networks.joined(separator: "\n")), .integer(Int64(limits.expires)),
            .integer(Int64(limits.requestsPerMinute)), .integer(Int64(limits.tokensPerMinute)),
            .integer(Int64(limits.concurrent)), .integer(limits.dailyBudget.nano),
            .integer(limits.monthlyBudget.nano), .text(row.tags.joined(separator: ",")), .text(row.group),
        ]
    }

    private static func row(_ row: SQLRow) throws -> Row {
        var key = Row(account: AccountID(try row.integer(1)))
        key.id = KeyID(try row.integer(0))
        key.balance = Credits(nano: try row.integer(2))
        key.reserved = Credits(nano: try row.integer(3))
        key.used = Credits(nano: try row.integer(4))
        key.requests = Int(try row.integer(5))
        key.created = Int(try row.integer(6))
        key.accessed = Int(try row.integer(7))
        key.hint = try row.text(8)
        key.name = try row.text(9)
        key.status = Status(rawValue: Int(try row.integer(10))) ?? .disabled
        key.isUnlimited = try row.integer(11) != 0
        key.limits.models = try words(row.text(12), ",")
        key.limits.networks = try words(row.text(13), "\n")
        key.limits.expires = Int(try row.integer(14))
        key.limits.requestsPerMinute = Int(try row.integer(15))
        key.limits.tokensPerMinute = Int(try row.integer(16))
        key.limits.concurrent = Int(try row.integer(17))
        key.limits.dailyBudget = Credits(nano: try row.integer(18))
        key.limits.monthlyBudget = Credits(nano: try row.integer(19))
        key.tags = try words(row.text(20), ",")
        key.group = try row.text(21)
        return key
    }

    private static func words(_ text: String, _ separator: Character) -> [String] {
        text.split(separator: separator).map(String.init)
    }
}
