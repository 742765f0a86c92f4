import SQL

/// Answers that clients may come back to: `POST /v1/responses` with `store`.
///
/// Belongs to the transaction that it was made for.
public struct StoredResponseTable {
    /// One answer, its content sealed by whoever keeps it here.
    public struct Row: Sendable, Equatable {
        /// Names it towards the client, for example `resp_…`.
        public var id: String
        /// The hash of the key that it belongs to.
        public var owner: String
        /// When it was made, in seconds since 1970.
        public var created: Int
        /// From when on it counts as gone, in seconds since 1970.
        public var expires: Int
        /// What was said; unreadable here.
        public var content: [UInt8]

        /// Makes a row; see the properties.
        public init(id: String, owner: String, created: Int, expires: Int, content: [UInt8]) {
            self.id = id
            self.owner = owner
            self.created = created
            self.expires = expires
            self.content = content
        }
    }

    static let steps = [
        SQLMigrator.Step(
            "0001 responses",
            [
                """
                CREATE TABLE stored_response (
                    id TEXT PRIMARY KEY, owner TEXT NOT NULL, created BIGINT NOT NULL, expires BIGINT NOT NULL,
                    content BLOB NOT NULL
                )
                """,
                "CREATE INDEX stored_response_expires ON stored_response (expires)",
            ]
        )
    ]

    let connection: any SQLConnection

    /// Keeps an answer; its id must be new.
    ///
    /// - Throws: `StoreError` by cause.
    public func add(_ row: Row) throws(StoreError) {
        do {
            try connection.execute(
                """
                INSERT INTO stored_response (id, owner, created, expires, content) VALUES ($1, $2, $3, $4, $5)
                """,
                .text(row.id),
                .text(row.owner),
                .integer(Int64(row.created)),
                .integer(Int64(row.expires)),
                .blob(row.content)
            )
        } catch {
            throw StoreError(error)
        }
    }

    /// An owner's answer that has not expired at `now`; nil for another owner's, as if there were none.
    ///
    /// - Throws: `StoreError` by cause.
    public func row(id: String, owner: String, now: Int) throws(StoreError) -> Row? {
        do {
            let rows = try connection.rows(
                """
                SELECT created, expires, content FROM stored_response
                WHERE id = $1 AND owner = $2 AND expires > $3
                """,
                .text(id),
                .text(owner),
                .integer(Int64(now))
            )
            guard let row = rows.first else { return nil }
            return Row(
                id: id,
                owner: owner,
                created: Int(try row.integer(0)),
                expires: Int(try row.integer(1)),
                content: try row.blob(2)
            )
        } catch {
            throw StoreError(error)
        }
    }

    /// Deletes an owner's answer; false when there is none, or when it is another owner's.
    ///
    /// - Throws: `StoreError` by cause.
    public func remove(id: String, owner: String, now: Int) throws(StoreError) -> Bool {
        do {
            return try connection.execute(
                "DELETE FROM stored_response WHERE id = $1 AND owner = $2 AND expires > $3",
                .text(id),
                .text(owner),
                .integer(Int64(now))
            ) > 0
        } catch {
            throw StoreError(error)
        }
    }

    /// Deletes at most 100 answers that have expired at `now`; returns whether there may be more.
    func purge(now: Int) throws(StoreError) -> Bool {
        do {
            return try connection.execute(
                """
                DELETE FROM stored_response WHERE id IN (
                    SELECT id FROM stored_response WHERE expires <= $1 LIMIT 100
                )
                """,
                .integer(Int64(now))
            ) == 100
        } catch {
            throw StoreError(error)
        }
    }
}
