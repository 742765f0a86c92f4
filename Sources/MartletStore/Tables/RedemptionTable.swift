public import MartletCore
import SQL

/// Codes that give money to whoever redeems them, once; only their hashes.
///
/// The table is made with that of the options. Belongs to the transaction that it was made for.
public struct RedemptionTable {
    /// What became of a code.
    public enum Status: Int, Sendable {
        /// It can be redeemed.
        case open = 1
        /// Somebody has disabled it.
        case disabled = 2
        /// It has been redeemed.
        case redeemed = 3
    }

    /// One code.
    public struct Row: Sendable, Equatable {
        /// The row's number; 0 for one that is not in the table yet.
        public var id: Int64 = 0
        /// Enough of it for people to recognise it.
        public var hint: String
        /// A name for people.
        public var name: String
        /// What it gives.
        public var amount: Credits
        /// What became of it.
        public var status = Status.open
        /// When it was made, in seconds since 1970.
        public var created: Int
        /// When it ends, in seconds since 1970; 0 for never.
        public var expires = 0
        /// Who has redeemed it.
        public var account = AccountID.none
        /// When, in seconds since 1970; 0 for never.
        public var redeemed = 0

        /// Makes a code; see the properties.
        public init(hint: String, name: String, amount: Credits, created: Int) {
            self.hint = hint
            self.name = name
            self.amount = amount
            self.created = created
        }
    }

    let connection: any SQLConnection

    /// Adds a code; its number is given here.
    ///
    /// - Throws: `StoreError` by cause.
    public func add(_ row: Row, hash: String) throws(StoreError) -> Int64 {
        try StoreError.catching {
            let added = try connection.rows(
                """
                INSERT INTO redemption (hash, hint, name, amount, status, created, expires, account, redeemed)
                VALUES ($1, $2, $3, $4, 1, $5, $6, 0, 0) RETURNING id
                """,
                .text(hash),
                .text(row.hint),
                .text(row.name),
                .integer(row.amount.nano),
                .integer(Int64(row.created)),
                .integer(Int64(row.expires))
            )
            return try added[0].integer(0)
        }
    }

    /// Redeems a code for an account, once.
    ///
    /// - Parameters:
    ///   - hash: of the code.
    ///   - account: who gets the money; whoever calls this grants it in the same transaction.
    ///   - now: the time in seconds since 1970.
    /// - Returns: what it gives; nil for a code that is not there, has ended, or was redeemed.
    /// - Throws: `StoreError` by cause.
    public func redeem(hash: String, for account: AccountID, now: Int) throws(StoreError) -> Credits? {
        try StoreError.catching {
            let rows = try connection.rows(
                """
                UPDATE redemption SET status = 3, account = $2, redeemed = $3
                WHERE hash = $1 AND status = 1 AND (expires = 0 OR expires > $3) RETURNING amount
                """,
                .text(hash),
                .integer(account.value),
                .integer(Int64(now))
            )
            return try rows.first.map { Credits(nano: try $0.integer(0)) }
        }
    }

    /// Codes, newest first, and how many there are in all.
    ///
    /// - Throws: `StoreError` by cause.
    public func rows(offset: Int, limit: Int) throws(StoreError) -> (rows: [Row], total: Int) {
        try StoreError.catching {
            let rows = try connection.rows(
                """
                SELECT id, hint, name, amount, status, created, expires, account, redeemed FROM redemption
                ORDER BY id DESC LIMIT $1 OFFSET $2
                """,
                .integer(Int64(limit)),
                .integer(Int64(offset))
            )
            let total = try connection.rows("SELECT count(*) FROM redemption")
            return (try rows.map(Self.row), Int(try total[0].integer(0)))
        }
    }

    /// Deletes a code; false where there is none.
    ///
    /// - Throws: `StoreError` by cause.
    public func remove(_ id: Int64) throws(StoreError) -> Bool {
        try StoreError.catching {
            try connection.execute("DELETE FROM redemption WHERE id = $1", .integer(id)) > 0
        }
    }

    private static func row(_ row: SQLRow) throws -> Row {
        var code = Row(
            hint: try row.text(1),
            name: try row.text(2),
            amount: Credits(nano: try row.integer(3)),
            created: Int(try row.integer(5))
        )
        code.id = try row.integer(0)
        code.status = Status(rawValue: Int(try row.integer(4))) ?? .disabled
        code.expires = Int(try row.integer(6))
        code.account = AccountID(try row.integer(7))
        code.redeemed = Int(try row.integer(8))
        return code
    }
}
