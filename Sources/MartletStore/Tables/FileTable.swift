import SQL

/// Files that clients have uploaded to `/v1/files`: what they are, and their content in pieces.
///
/// Belongs to the transaction that it was made for.
public struct FileTable {
    static let steps = [
        SQLMigrator.Step(
            "0003 files",
            [
                """
                CREATE TABLE file (
                    id TEXT PRIMARY KEY, owner TEXT NOT NULL, name TEXT NOT NULL, purpose TEXT NOT NULL,
                    type TEXT NOT NULL, size BIGINT NOT NULL, created BIGINT NOT NULL, expires BIGINT NOT NULL,
                    asset_path TEXT NOT NULL, asset_id TEXT
                )
                """,
                "CREATE INDEX file_owner ON file (owner, created, id)",
                "CREATE INDEX file_expires ON file (expires)",
                """
                CREATE TABLE file_piece (
                    file TEXT NOT NULL, number BIGINT NOT NULL, bytes BLOB NOT NULL, PRIMARY KEY (file, number)
                )
                """,
            ]
        )
    ]

    let connection: any SQLConnection

    /// How many bytes an owner's files have together at `now`.
    ///
    /// - Throws: `StoreError` by cause.
    public func size(owner: String, now: Int) throws(StoreError) -> Int {
        try attempt {
            let rows = try connection.rows(
                "SELECT coalesce(sum(size), 0) FROM file WHERE owner = $1 AND expires > $2",
                .text(owner),
                .integer(Int64(now))
            )
            return Int(try rows.first?.integer(0) ?? 0)
        }
    }

    /// Keeps what is known of a file; its id must be new.
    ///
    /// - Throws: `StoreError` by cause.
    public func add(_ row: Row) throws(StoreError) {
        try attempt {
            try connection.execute(
                """
                INSERT INTO file (id, owner, name, purpose, type, size, created, expires, asset_path, asset_id)
                VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
                """,
                .text(row.id),
                .text(row.owner),
                .text(row.name),
                .text(row.purpose),
                .text(row.type),
                .integer(Int64(row.size)),
                .integer(Int64(row.created)),
                .integer(Int64(row.expires)),
                .text(row.assetPath),
                row.assetID.map { .text($0) } ?? .null
            )
        }
    }

    /// Keeps a piece of a file's content; pieces are counted from 0.
    ///
    /// - Throws: `StoreError` by cause.
    public func add(_ bytes: [UInt8], as number: Int, of id: String) throws(StoreError) {
        try attempt {
            try connection.execute(
                "INSERT INTO file_piece (file, number, bytes) VALUES ($1, $2, $3)",
                .text(id),
                .integer(Int64(number)),
                .blob(bytes)
            )
        }
    }

    /// A piece of a file's content; nil behind the last one.
    ///
    /// - Throws: `StoreError` by cause.
    public func piece(_ number: Int, of id: String) throws(StoreError) -> [UInt8]? {
        try attempt {
            try connection.rows(
                "SELECT bytes FROM file_piece WHERE file = $1 AND number = $2",
                .text(id),
                .integer(Int64(number))
            ).first?.blob(0)
        }
    }

    /// An owner's file that has not expired at `now`; nil for another owner's, as if there were none.
    ///
    /// - Throws: `StoreError` by cause.
    public func row(id: String, owner: String, now: Int) throws(StoreError) -> Row? {
        try attempt {
            try connection.rows(
                """
                SELECT id, owner, name, purpose, type, size, created, expires, asset_path, asset_id FROM file
                WHERE id = $1 AND owner = $2 AND expires > $3
                """,
                .text(id),
                .text(owner),
                .integer(Int64(now))
            ).first.map(Self.row)
        }
    }

    /// Some of an owner's files that have not expired at `now`, by their age.
    ///
    /// - Throws: `StoreError` by cause.
    public func rows(owner: String, _ selection: Selection, now: Int) throws(StoreError) -> [Row] {
        let values: [SQLValue] = [
            .text(owner), .integer(Int64(now)), selection.purpose.map { .text($0) } ?? .null,
            selection.after.map { .integer(Int64($0.created)) } ?? .null,
            selection.after.map { .text($0.id) } ?? .null, .integer(Int64(selection.limit)),
        ]
        return try attempt {
            let rows =
                if selection.isAscending {
                    try connection.rows(
                        """
                        SELECT id, owner, name, purpose, type, size, created, expires, asset_path, asset_id
                        FROM file WHERE owner = $1 AND expires > $2 AND ($3 IS NULL OR purpose = $3)
                        AND ($4 IS NULL OR created > $4 OR (created = $4 AND id > $5))
                        ORDER BY created, id LIMIT $6
                        """,
                        binding: values
                    )
                } else {
                    try connection.rows(
                        """
                        SELECT id, owner, name, purpose, type, size, created, expires, asset_path, asset_id
                        FROM file WHERE owner = $1 AND expires > $2 AND ($3 IS NULL OR purpose = $3)
                        AND ($4 IS NULL OR created < $4 OR (created = $4 AND id < $5))
                        ORDER BY created DESC, id DESC LIMIT $6
                        """,
                        binding: values
                    )
                }
            return try rows.map(Self.row)
        }
    }

    /// Deletes an owner's file with its content; false when there is none, or when it is another owner's.
    ///
    /// - Throws: `StoreError` by cause.
    public func remove(id: String, owner: String) throws(StoreError) -> Bool {
        try attempt {
            let removed = try connection.execute(
                "DELETE FROM file WHERE id = $1 AND owner = $2",
                .text(id),
                .text(owner)
            )
            guard removed > 0 else { return false }
            try connection.execute("DELETE FROM file_piece WHERE file = $1", .text(id))
            return true
        }
    }

    /// Deletes a file that has expired at `now`; returns whether there may be more.
    func purge(now: Int) throws(StoreError) -> Bool {
        try attempt {
            let expired = try connection.rows(
                "SELECT id FROM file WHERE expires <= $1 LIMIT 1",
                .integer(Int64(now))
            )
            guard let id = try expired.first?.text(0) else { return false }
            try connection.execute("DELETE FROM file WHERE id = $1", .text(id))
            try connection.execute("DELETE FROM file_piece WHERE file = $1", .text(id))
            return true
        }
    }

    private static func row(_ row: SQLRow) throws -> Row {
        Row(
            id: try row.text(0),
            owner: try row.text(1),
            name: try row.text(2),
            purpose: try row.text(3),
            type: try row.text(4),
            size: Int(try row.integer(5)),
            created: Int(try row.integer(6)),
            expires: Int(try row.integer(7)),
            assetPath: try row.text(8),
            assetID: row[9] == .null ? nil : try row.text(9)
        )
    }

    @discardableResult
    private func attempt<Result>(_ body: () throws -> Result) throws(StoreError) -> Result {
        do {
            return try body()
        } catch {
            throw StoreError(error)
        }
    }
}
