import SQL

/// Groups of accounts: prices and channels may depend on them.
///
/// The table is made with that of the accounts. Belongs to the transaction that it was made for.
public struct GroupTable {
    /// One group.
    public struct Row: Sendable, Equatable {
        /// Its name, as accounts, keys and channels have it.
        public var name: String
        /// The name for people.
        public var title: String
        /// What its accounts pay of the price, in millionths: 1,000,000 is the price itself.
        public var ratio: Int
        /// When it was made, in seconds since 1970.
        public var created: Int

        /// Makes a group; it pays the price itself by default.
        public init(name: String, title: String = "", ratio: Int = 1_000_000, created: Int = 0) {
            self.name = name
            self.title = title
            self.ratio = ratio
            self.created = created
        }
    }

    let connection: any SQLConnection

    /// All groups by name; `default` is one of them, whether it is in the table or not.
    ///
    /// - Throws: `StoreError` by cause.
    public func all() throws(StoreError) -> [Row] {
        try StoreError.catching {
            let rows = try connection.rows(
                "SELECT name, title, ratio, created FROM account_group ORDER BY name"
            )
            let groups = try rows.map { row in
                Row(
                    name: try row.text(0),
                    title: try row.text(1),
                    ratio: Int(try row.integer(2)),
                    created: Int(try row.integer(3))
                )
            }
            return groups.contains { $0.name == "default" } ? groups : [Row(name: "default")] + groups
        }
    }

    /// What a group pays of the price, in millionths; all of it where nothing else is said.
    ///
    /// - Throws: `StoreError` by cause.
    public func ratio(of name: String) throws(StoreError) -> Int {
        try StoreError.catching {
            let rows = try connection.rows("SELECT ratio FROM account_group WHERE name = $1", .text(name))
            return try rows.first.map { Int(try $0.integer(0)) } ?? 1_000_000
        }
    }

    /// Adds a group, or changes what is said of one; nil leaves what it has.
    ///
    /// - Parameters:
    ///   - name: of the group.
    ///   - title: the name for people.
    ///   - ratio: what it pays, in millionths.
    ///   - now: the time in seconds since 1970, for a new one.
    /// - Throws: `StoreError` by cause.
    public func put(_ name: String, title: String?, ratio: Int?, now: Int) throws(StoreError) {
        try StoreError.catching {
            _ = try connection.execute(
                """
                INSERT INTO account_group (name, title, ratio, created)
                VALUES ($1, coalesce($2, ''), coalesce($3, 1000000), $4)
                ON CONFLICT (name) DO UPDATE SET
                    title = coalesce($2, account_group.title), ratio = coalesce($3, account_group.ratio)
                """,
                .text(name),
                title.map { .text($0) } ?? .null,
                ratio.map { .integer(Int64($0)) } ?? .null,
                .integer(Int64(now))
            )
        }
    }

    /// Deletes a group that no account and no key is in; false where one is, or where there is no such group.
    ///
    /// - Throws: `StoreError` by cause.
    public func remove(_ name: String) throws(StoreError) -> Bool {
        try StoreError.catching {
            try connection.execute(
                """
                DELETE FROM account_group WHERE name = $1
                    AND NOT EXISTS (SELECT 1 FROM account WHERE group_name = $1 AND status <> 3)
                    AND NOT EXISTS (SELECT 1 FROM api_key WHERE group_name = $1 AND status <> 3)
                """,
                .text(name)
            ) > 0
        }
    }
}
