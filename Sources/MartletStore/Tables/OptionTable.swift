import SQL

/// What is set while the service runs, by name.
///
/// Belongs to the transaction that it was made for.
public struct OptionTable {
    static let steps = [
        SQLMigrator.Step(
            "0009 console",
            [
                "CREATE TABLE option_value (name TEXT PRIMARY KEY, value TEXT NOT NULL)",
                """
                CREATE TABLE redemption (
                    id INTEGER PRIMARY KEY AUTOINCREMENT, hash TEXT NOT NULL UNIQUE, hint TEXT NOT NULL,
                    name TEXT NOT NULL, amount BIGINT NOT NULL, status BIGINT NOT NULL, created BIGINT NOT NULL,
                    expires BIGINT NOT NULL, account BIGINT NOT NULL, redeemed BIGINT NOT NULL
                )
                """,
                """
                CREATE TABLE audit (
                    id INTEGER PRIMARY KEY AUTOINCREMENT, time BIGINT NOT NULL, actor BIGINT NOT NULL,
                    name TEXT NOT NULL, action TEXT NOT NULL, target TEXT NOT NULL, detail TEXT NOT NULL,
                    address TEXT NOT NULL
                )
                """,
            ]
        )
    ]

    let connection: any SQLConnection

    /// All values that were set.
    ///
    /// - Throws: `StoreError` by cause.
    public func all() throws(StoreError) -> [String: String] {
        try StoreError.catching {
            let rows = try connection.rows("SELECT name, value FROM option_value")
            return Dictionary(
                try rows.map { (try $0.text(0), try $0.text(1)) },
                uniquingKeysWith: { first, _ in first }
            )
        }
    }

    /// Sets a value.
    ///
    /// - Throws: `StoreError` by cause.
    public func put(_ value: String, for name: String) throws(StoreError) {
        try StoreError.catching {
            _ = try connection.execute(
                """
                INSERT INTO option_value (name, value) VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET value = $2
                """,
                .text(name),
                .text(value)
            )
        }
    }
}
