import SQL

/// Which files of which callers are at the vendor already, so that a conversation does not upload its past again.
///
/// Belongs to the transaction that it was made for.
public struct AssetTable {
    /// What the vendor calls a file.
    public struct Row: Sendable, Equatable {
        /// Its place at the vendor.
        public var path: String
        /// Its id there; nil where the vendor gave none.
        public var id: String?

        /// Makes a row; see the properties.
        public init(path: String, id: String?) {
            self.path = path
            self.id = id
        }
    }

    /// More are never kept: those that expire first have to go.
    private static let mostRows: Int64 = 200_000

    static let steps = [
        SQLMigrator.Step(
            "0002 assets",
            [
                """
                CREATE TABLE asset (
                    owner TEXT NOT NULL, digest TEXT NOT NULL, path TEXT NOT NULL, id TEXT, expires BIGINT NOT NULL,
                    PRIMARY KEY (owner, digest)
                )
                """,
                "CREATE INDEX asset_expires ON asset (expires)",
            ]
        )
    ]

    let connection: any SQLConnection

    /// An owner's file by the hash of its content, if it has not expired at `now`.
    ///
    /// - Throws: `StoreError` by cause.
    public func row(owner: String, digest: String, now: Int) throws(StoreError) -> Row? {
        do {
            let rows = try connection.rows(
                "SELECT path, id FROM asset WHERE owner = $1 AND digest = $2 AND expires > $3 AND path <> ''",
                .text(owner),
                .text(digest),
                .integer(Int64(now))
            )
            guard let row = rows.first else { return nil }
            return Row(path: try row.text(0), id: row[1] == .null ? nil : try row.text(1))
        } catch {
            throw StoreError(error)
        }
    }

    /// Marks a file as being uploaded, until a time in seconds since 1970 or until `put` or `remove`.
    ///
    /// - Returns: false when it is marked already, or known.
    /// - Throws: `StoreError` by cause.
    public func claim(owner: String, digest: String, now: Int, until: Int) throws(StoreError) -> Bool {
        do {
            return try connection.execute(
                """
                INSERT INTO asset (owner, digest, path, id, expires) VALUES ($1, $2, '', NULL, $4)
                ON CONFLICT (owner, digest) DO UPDATE SET path = '', id = NULL, expires = $4 WHERE expires <= $3
                """,
                .text(owner),
                .text(digest),
                .integer(Int64(now)),
                .integer(Int64(until))
            ) > 0
        } catch {
            throw StoreError(error)
        }
    }

    /// Remembers a file in place of what was known of it.
    ///
    /// - Throws: `StoreError` by cause.
    public func put(_ row: Row, owner: String, digest: String, expires: Int) throws(StoreError) {
        do {
            try connection.execute(
                """
                INSERT INTO asset (owner, digest, path, id, expires) VALUES ($1, $2, $3, $4, $5)
                ON CONFLICT (owner, digest) DO UPDATE SET path = $3, id = $4, expires = $5
                """,
                .text(owner),
                .text(digest),
                .text(row.path),
                row.id.map { .text($0) } ?? .null,
                .integer(Int64(expires))
            )
        } catch {
            throw StoreError(error)
        }
    }

    /// Forgets an owner's file.
    ///
    /// - Throws: `StoreError` by cause.
    public func remove(owner: String, digest: String) throws(StoreError) {
        do {
            try connection.execute(
                "DELETE FROM asset WHERE owner = $1 AND digest = $2",
                .text(owner),
                .text(digest)
            )
        } catch {
            throw StoreError(error)
        }
    }

    /// Deletes at most 100 files that have expired at `now` or are too many; returns whether there may be more.
    func purge(now: Int) throws(StoreError) -> Bool {
        do {
            let count = try connection.rows("SELECT count(*) FROM asset").first?.integer(0) ?? 0
            return try connection.execute(
                """
                DELETE FROM asset WHERE rowid IN (
                    SELECT rowid FROM asset WHERE expires <= $1 OR $2 ORDER BY expires LIMIT 100
                )
                """,
                .integer(Int64(now)),
                .integer(count > Self.mostRows ? 1 : 0)
            ) == 100
        } catch {
            throw StoreError(error)
        }
    }
}
