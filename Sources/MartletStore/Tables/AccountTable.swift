public import MartletCore
import SQL

/// Who has an account, and the money in it.
///
/// What an account has and has spent is changed by `LedgerTable` alone. Belongs to the transaction that it was made for.
public struct AccountTable {
    /// Whether an account may be used.
    public enum Status: Int, Sendable {
        /// It may.
        case enabled = 1
        /// Somebody has disabled it.
        case disabled = 2
        /// It is gone for everyone but the books.
        case deleted = 3
    }

    /// One account.
    public struct Row: Sendable, Equatable {
        /// Its number; `AccountID.none` for one that is not in the table yet.
        public var id = AccountID.none
        /// The name for signing in: unique, whatever the case of its letters.
        public var username: String
        /// The name for people.
        public var displayName = ""
        /// An address for mail; not verified.
        public var email = ""
        /// The password's hash; empty for an account that cannot sign in with one.
        public var password = ""
        /// What it may do.
        public var role = Role.user
        /// Whether it may be used.
        public var status = Status.enabled
        /// Its group: prices and channels may depend on it.
        public var group = "default"
        /// Whether it may spend without having.
        public var isUnlimited = false
        /// What it has; what is reserved is still in it.
        public var balance = Credits.zero
        /// What requests that run have reserved.
        public var reserved = Credits.zero
        /// What it has spent.
        public var used = Credits.zero
        /// How many requests have been settled.
        public var requests = 0
        /// Sessions of an earlier version are over.
        public var sessionVersion = 0
        /// What a console keeps for its user, as JSON.
        public var setting = ""
        /// When it was made, in seconds since 1970.
        public var created = 0

        /// Makes an account; see the properties.
        public init(username: String) {
            self.username = username
        }
    }

    static let steps = [
        SQLMigrator.Step(
            "0005 accounts",
            [
                """
                CREATE TABLE account (
                    id INTEGER PRIMARY KEY AUTOINCREMENT, username TEXT NOT NULL, folded TEXT NOT NULL UNIQUE,
                    display_name TEXT NOT NULL, email TEXT NOT NULL, password TEXT NOT NULL, role BIGINT NOT NULL,
                    status BIGINT NOT NULL, group_name TEXT NOT NULL, unlimited BIGINT NOT NULL,
                    balance BIGINT NOT NULL, used BIGINT NOT NULL,
                    requests BIGINT NOT NULL, session_version BIGINT NOT NULL, setting TEXT NOT NULL,
                    created BIGINT NOT NULL
                )
                """,
                """
                CREATE TABLE account_group (
                    name TEXT PRIMARY KEY, title TEXT NOT NULL, ratio BIGINT NOT NULL, created BIGINT NOT NULL
                )
                """,
                """
                CREATE TABLE api_key (
                    id INTEGER PRIMARY KEY AUTOINCREMENT, account BIGINT NOT NULL, hint TEXT NOT NULL,
                    name TEXT NOT NULL, status BIGINT NOT NULL, unlimited BIGINT NOT NULL, balance BIGINT NOT NULL,
                    used BIGINT NOT NULL, requests BIGINT NOT NULL, models TEXT NOT NULL,
                    networks TEXT NOT NULL, expires BIGINT NOT NULL, requests_per_minute BIGINT NOT NULL,
                    tokens_per_minute BIGINT NOT NULL, concurrent BIGINT NOT NULL, daily_budget BIGINT NOT NULL,
                    monthly_budget BIGINT NOT NULL, tags TEXT NOT NULL, group_name TEXT NOT NULL,
                    created BIGINT NOT NULL, accessed BIGINT NOT NULL, day BIGINT NOT NULL DEFAULT 0,
                    day_spent BIGINT NOT NULL DEFAULT 0, month BIGINT NOT NULL DEFAULT 0,
                    month_spent BIGINT NOT NULL DEFAULT 0
                )
                """,
                "CREATE INDEX api_key_account ON api_key (account)",
                """
                CREATE TABLE api_key_hash (hash TEXT PRIMARY KEY, key BIGINT NOT NULL, until BIGINT NOT NULL)
                """,
                "CREATE INDEX api_key_hash_key ON api_key_hash (key)",
            ]
        )
    ]

    let connection: any SQLConnection

    /// Adds an account; its number is given here.
    ///
    /// - Returns: the number; nil where the name is taken, also by an account that was deleted.
    /// - Throws: `StoreError` by cause.
    public func add(_ row: Row) throws(StoreError) -> AccountID? {
        try StoreError.catching {
            let added = try connection.rows(
                """
                INSERT INTO account (username, folded, display_name, email, password, role, status, group_name,
                    unlimited, balance, used, requests, session_version, setting, created)
                VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, 0, 0, 0, $11, $12)
                ON CONFLICT (folded) DO NOTHING RETURNING id
                """,
                .text(row.username),
                .text(row.username.lowercased()),
                .text(row.displayName),
                .text(row.email),
                .text(row.password),
                .integer(Int64(row.role.rawValue)),
                .integer(Int64(row.status.rawValue)),
                .text(row.group),
                .integer(row.isUnlimited ? 1 : 0),
                .integer(row.balance.nano),
                .text(row.setting),
                .integer(Int64(row.created))
            )
            return try added.first.map { AccountID(try $0.integer(0)) }
        }
    }

    /// One account; nil where there is none.
    ///
    /// - Throws: `StoreError` by cause.
    public func row(_ id: AccountID) throws(StoreError) -> Row? {
        try StoreError.catching {
            let rows = try connection.rows(
                """
                SELECT id, username, display_name, email, password, role, status, group_name, unlimited, balance,
                    (SELECT coalesce(sum(r.amount), 0) FROM reservation r WHERE r.account = account.id),
                    used, requests, session_version, setting, created
                FROM account WHERE id = $1
                """,
                .integer(id.value)
            )
            return try rows.first.map(Self.row)
        }
    }

    /// The account of a name, whatever the case of its letters; nil where there is none.
    ///
    /// - Throws: `StoreError` by cause.
    public func row(named name: String) throws(StoreError) -> Row? {
        try StoreError.catching {
            let rows = try connection.rows(
                """
                SELECT id, username, display_name, email, password, role, status, group_name, unlimited, balance,
                    (SELECT coalesce(sum(r.amount), 0) FROM reservation r WHERE r.account = account.id),
                    used, requests, session_version, setting, created
                FROM account WHERE folded = $1
                """,
                .text(name.lowercased())
            )
            return try rows.first.map(Self.row)
        }
    }

    /// Which accounts are asked for; empty texts and nil take all.
    public struct Selection: Sendable {
        /// A part of the name, the display name or the address for mail.
        public var keyword = ""
        /// The group.
        public var group = ""
        /// Only those who may do this; nil for all.
        public var role: Role?
        /// How many come before.
        public var offset = 0
        /// How many at most.
        public var limit = 20

        /// Takes the first twenty of all.
        public init() {}
    }

    /// Accounts that were not deleted, oldest first, and how many there are in all.
    ///
    /// - Throws: `StoreError` by cause.
    public func rows(_ selection: Selection) throws(StoreError) -> (rows: [Row], total: Int) {
        try StoreError.catching {
            let keyword = SQLPattern.containing(selection.keyword.lowercased())
            let values: [SQLValue] = [
                .text(keyword), .text(selection.group), .integer(Int64(selection.role?.rawValue ?? 0)),
            ]
            let rows = try connection.rows(
                """
                SELECT id, username, display_name, email, password, role, status, group_name, unlimited, balance,
                    (SELECT coalesce(sum(r.amount), 0) FROM reservation r WHERE r.account = account.id),
                    used, requests, session_version, setting, created
                FROM account
                WHERE status <> 3 AND ($2 = '' OR group_name = $2) AND ($3 = 0 OR role = $3)
                    AND (folded LIKE $1 ESCAPE '\\' OR lower(display_name) LIKE $1 ESCAPE '\\'
                        OR lower(email) LIKE $1 ESCAPE '\\')
                ORDER BY id LIMIT $4 OFFSET $5
                """,
                binding: values + [.integer(Int64(selection.limit)), .integer(Int64(selection.offset))]
            )
            let total = try connection.rows(
                """
                SELECT count(*) FROM account
                WHERE status <> 3 AND ($2 = '' OR group_name = $2) AND ($3 = 0 OR role = $3)
                    AND (folded LIKE $1 ESCAPE '\\' OR lower(display_name) LIKE $1 ESCAPE '\\'
                        OR lower(email) LIKE $1 ESCAPE '\\')
                """,
                binding: values
            )
            return (try rows.map(Self.row), Int(try total[0].integer(0)))
        }
    }

    /// Whether any account is an owner that may be used: before there is one, the service is not set up.
    ///
    /// - Throws: `StoreError` by cause.
    public func hasOwner() throws(StoreError) -> Bool { try owners() > 0 }

    /// How many owners may sign in.
    ///
    /// - Throws: `StoreError` by cause.
    public func owners() throws(StoreError) -> Int {
        try StoreError.catching {
            let rows = try connection.rows("SELECT count(*) FROM account WHERE role = 100 AND status = 1")
            return Int(try rows[0].integer(0))
        }
    }

    /// Changes a part of an account as it is now, whatever was read of it before; never its money.
    ///
    /// - Returns: what has become of it; nil where there is no account, or one that was deleted.
    /// - Throws: `StoreError` by cause, or what `change` throws.
    @discardableResult
    public func change(
        _ id: AccountID,
        _ change: (inout Row) throws(StoreError) -> Void
    ) throws(StoreError) -> Row? {
        guard var row = try row(id), row.status != .deleted else { return nil }
        try change(&row)
        try update(row)
        return row
    }

    /// Ends an account for good, and its keys with it.
    ///
    /// - Throws: `StoreError` by cause.
    public func end(_ id: AccountID) throws(StoreError) {
        try change(id) { row throws(StoreError) in
            (row.status, row.password) = (.deleted, "")
            row.sessionVersion += 1
        }
        try StoreError.catching {
            _ = try connection.execute("UPDATE api_key SET status = 3 WHERE account = $1", .integer(id.value))
        }
    }

    private func update(_ row: Row) throws(StoreError) {
        try StoreError.catching {
            _ = try connection.execute(
                """
                UPDATE account SET display_name = $2, email = $3, password = $4, role = $5, status = $6,
                    group_name = $7, unlimited = $8, session_version = $9, setting = $10
                WHERE id = $1
                """,
                .integer(row.id.value),
                .text(row.displayName),
                .text(row.email),
                .text(row.password),
                .integer(Int64(row.role.rawValue)),
                .integer(Int64(row.status.rawValue)),
                .text(row.group),
                .integer(row.isUnlimited ? 1 : 0),
                .integer(Int64(row.sessionVersion)),
                .text(row.setting)
            )
        }
    }

    private static func row(_ row: SQLRow) throws -> Row {
        var account = Row(username: try row.text(1))
        account.id = AccountID(try row.integer(0))
        account.displayName = try row.text(2)
        account.email = try row.text(3)
        account.password = try row.text(4)
        account.role = Role(rawValue: Int(try row.integer(5))) ?? .user
        account.status = Status(rawValue: Int(try row.integer(6))) ?? .disabled
        account.group = try row.text(7)
        account.isUnlimited = try row.integer(8) != 0
        account.balance = Credits(nano: try row.integer(9))
        account.reserved = Credits(nano: try row.integer(10))
        account.used = Credits(nano: try row.integer(11))
        account.requests = Int(try row.integer(12))
        account.sessionVersion = Int(try row.integer(13))
        account.setting = try row.text(14)
        account.created = Int(try row.integer(15))
        return account
    }
}
