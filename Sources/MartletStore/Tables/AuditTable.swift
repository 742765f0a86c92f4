public import MartletCore
import SQL

/// Who has changed what: one row for each act of management, never a secret in it.
///
/// The table is made with that of the options. Belongs to the transaction that it was made for.
public struct AuditTable {
    /// One act.
    public struct Row: Sendable, Equatable {
        /// The row's number; 0 for one that is not in the table yet.
        public var id: Int64 = 0
        /// When, in seconds since 1970.
        public var time: Int
        /// Whose account.
        public var actor: AccountID
        /// The account's name at that time.
        public var name: String
        /// What was done, for example `token.create`.
        public var action: String
        /// To what, for example `token 5`.
        public var target: String
        /// What else is to be known.
        public var detail: String
        /// From where.
        public var address: String

        /// Makes a row; see the properties.
        public init(
            time: Int,
            actor: AccountID,
            name: String,
            action: String,
            target: String,
            detail: String,
            address: String
        ) {
            self.time = time
            self.actor = actor
            self.name = name
            self.action = action
            self.target = target
            self.detail = detail
            self.address = address
        }
    }

    let connection: any SQLConnection

    /// Adds a row.
    ///
    /// - Throws: `StoreError` by cause.
    public func add(_ row: Row) throws(StoreError) {
        try StoreError.catching {
            _ = try connection.execute(
                """
                INSERT INTO audit (time, actor, name, action, target, detail, address)
                VALUES ($1, $2, $3, $4, $5, $6, $7)
                """,
                .integer(Int64(row.time)),
                .integer(row.actor.value),
                .text(row.name),
                .text(row.action),
                .text(row.target),
                .text(row.detail),
                .text(row.address)
            )
        }
    }

    /// Rows, newest first, and how many there are in all.
    ///
    /// - Throws: `StoreError` by cause.
    public func rows(offset: Int, limit: Int) throws(StoreError) -> (rows: [Row], total: Int) {
        try StoreError.catching {
            let rows = try connection.rows(
                """
                SELECT id, time, actor, name, action, target, detail, address FROM audit
                ORDER BY id DESC LIMIT $1 OFFSET $2
                """,
                .integer(Int64(limit)),
                .integer(Int64(offset))
            )
            let total = try connection.rows("SELECT count(*) FROM audit")
            return (try rows.map(Self.row), Int(try total[0].integer(0)))
        }
    }

    private static func row(_ row: SQLRow) throws -> Row {
        var result = Row(
            time: Int(try row.integer(1)),
            actor: AccountID(try row.integer(2)),
            name: try row.text(3),
            action: try row.text(4),
            target: try row.text(5),
            detail: try row.text(6),
            address: try row.text(7)
        )
        result.id = try row.integer(0)
        return result
    }
}
