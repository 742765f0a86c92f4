import SQL

/// Answers that are given again when the same request comes again: `Idempotency-Key`.
///
/// A row is claimed before the work and filled behind it. Belongs to the transaction that it was made for.
public struct ReplayTable {
    /// Whose request it is, and which.
    public struct Subject: Sendable, Hashable {
        /// The hash of the caller's key.
        public var owner: String
        /// What the caller calls the request.
        public var key: String

        /// Names a request.
        public init(owner: String, key: String) {
            self.owner = owner
            self.key = key
        }
    }

    /// One request.
    public struct Row: Sendable, Equatable {
        /// The hash of what was asked.
        public var fingerprint: String
        /// Who works on it, or did.
        public var holder: String
        /// The answer, sealed by whoever keeps it here; nil while somebody works on it.
        public var answer: [UInt8]?

        /// Makes a row; see the properties.
        public init(fingerprint: String, holder: String, answer: [UInt8]? = nil) {
            self.fingerprint = fingerprint
            self.holder = holder
            self.answer = answer
        }
    }

    static let steps = [
        SQLMigrator.Step(
            "0010 replays",
            [
                """
                CREATE TABLE replay (
                    owner TEXT NOT NULL, key TEXT NOT NULL, fingerprint TEXT NOT NULL, holder TEXT NOT NULL,
                    answer BLOB, expires BIGINT NOT NULL, PRIMARY KEY (owner, key)
                )
                """,
                "CREATE INDEX replay_expires ON replay (expires)",
            ]
        )
    ]

    let connection: any SQLConnection

    /// Claims a request for whoever asks first.
    ///
    /// - Returns: nil when it is claimed now; else what is known of it.
    /// - Throws: `StoreError` by cause.
    public func claim(_ subject: Subject, as row: Row, now: Int, until expires: Int) throws(StoreError)
        -> Row?
    {
        do {
            try connection.execute(
                "DELETE FROM replay WHERE owner = $1 AND key = $2 AND expires <= $3",
                .text(subject.owner),
                .text(subject.key),
                .integer(Int64(now))
            )
            let claimed = try connection.execute(
                """
                INSERT INTO replay (owner, key, fingerprint, holder, expires) VALUES ($1, $2, $3, $4, $5)
                ON CONFLICT (owner, key) DO NOTHING
                """,
                .text(subject.owner),
                .text(subject.key),
                .text(row.fingerprint),
                .text(row.holder),
                .integer(Int64(expires))
            )
            return claimed > 0 ? nil : try self.row(subject)
        } catch {
            throw StoreError(error)
        }
    }

    /// What is known of a request; nil for one that nobody has claimed.
    ///
    /// - Throws: `StoreError` by cause.
    public func row(_ subject: Subject) throws(StoreError) -> Row? {
        do {
            let rows = try connection.rows(
                "SELECT fingerprint, holder, answer FROM replay WHERE owner = $1 AND key = $2",
                .text(subject.owner),
                .text(subject.key)
            )
            guard let row = rows.first else { return nil }
            return Row(
                fingerprint: try row.text(0),
                holder: try row.text(1),
                answer: row[2] == .null ? nil : try row.blob(2)
            )
        } catch {
            throw StoreError(error)
        }
    }

    /// Fills a holder's claim.
    ///
    /// - Throws: `StoreError` by cause.
    public func fill(_ subject: Subject, holder: String, answer: [UInt8]) throws(StoreError) {
        do {
            try connection.execute(
                "UPDATE replay SET answer = $4 WHERE owner = $1 AND key = $2 AND holder = $3",
                .text(subject.owner),
                .text(subject.key),
                .text(holder),
                .blob(answer)
            )
        } catch {
            throw StoreError(error)
        }
    }

    /// Gives a holder's claim up, as long as it has not been filled: the request may be made again.
    ///
    /// - Throws: `StoreError` by cause.
    public func release(_ subject: Subject, holder: String) throws(StoreError) {
        do {
            try connection.execute(
                "DELETE FROM replay WHERE owner = $1 AND key = $2 AND holder = $3 AND answer IS NULL",
                .text(subject.owner),
                .text(subject.key),
                .text(holder)
            )
        } catch {
            throw StoreError(error)
        }
    }

    /// Deletes at most 100 requests that have expired at `now`; returns whether there may be more.
    func purge(now: Int) throws(StoreError) -> Bool {
        do {
            return try connection.execute(
                "DELETE FROM replay WHERE rowid IN (SELECT rowid FROM replay WHERE expires <= $1 LIMIT 100)",
                .integer(Int64(now))
            ) == 100
        } catch {
            throw StoreError(error)
        }
    }
}
