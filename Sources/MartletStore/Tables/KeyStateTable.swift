import SQL

/// How the keys of channels have done lately, as far as they have failed.
///
/// No key is in it, only what names one: see `ChannelKey.id`. Belongs to the transaction that it was made for.
public struct KeyStateTable {
    /// What has failed.
    public struct Subject: Sendable, Hashable {
        /// The channel's name.
        public var channel: String
        /// The key's id; empty where callers bring the key.
        public var key: String
        /// The vendor's name for the model; empty for the key as a whole.
        public var model: String

        /// Names a subject.
        public init(channel: String, key: String, model: String) {
            self.channel = channel
            self.key = key
            self.model = model
        }
    }

    /// How it has failed.
    public struct State: Sendable, Equatable {
        /// How many times in a row.
        public var failures: Int
        /// How many times it was left alone since it worked last.
        public var openings: Int
        /// Until when it is left alone, in milliseconds since 1970; 0 when it is not.
        public var until: Int
        /// When it failed last, in milliseconds since 1970.
        public var failed: Int
        /// Why, in one word for people.
        public var reason: String

        /// Makes a state; a key that works by default.
        public init(
            failures: Int = 0,
            openings: Int = 0,
            until: Int = 0,
            failed: Int = 0,
            reason: String = ""
        ) {
            self.failures = failures
            self.openings = openings
            self.until = until
            self.failed = failed
            self.reason = reason
        }
    }

    static let steps = [
        SQLMigrator.Step(
            "0004 key states",
            [
                """
                CREATE TABLE key_state (
                    channel TEXT NOT NULL, key TEXT NOT NULL, model TEXT NOT NULL, failures BIGINT NOT NULL,
                    openings BIGINT NOT NULL, until BIGINT NOT NULL, failed BIGINT NOT NULL, reason TEXT NOT NULL,
                    PRIMARY KEY (channel, key, model)
                )
                """
            ]
        )
    ]

    let connection: any SQLConnection

    /// Everything that is known.
    ///
    /// - Throws: `StoreError` by cause.
    public func all() throws(StoreError) -> [Subject: State] {
        do {
            let rows = try connection.rows(
                "SELECT channel, key, model, failures, openings, until, failed, reason FROM key_state"
            )
            var states: [Subject: State] = [:]
            for row in rows {
                let subject = Subject(channel: try row.text(0), key: try row.text(1), model: try row.text(2))
                states[subject] = try Self.state(in: row, from: 3)
            }
            return states
        } catch {
            throw StoreError(error)
        }
    }

    /// One state; nil where nothing has failed.
    ///
    /// - Throws: `StoreError` by cause.
    public func state(of subject: Subject) throws(StoreError) -> State? {
        do {
            let rows = try connection.rows(
                """
                SELECT failures, openings, until, failed, reason FROM key_state
                WHERE channel = $1 AND key = $2 AND model = $3
                """,
                .text(subject.channel),
                .text(subject.key),
                .text(subject.model)
            )
            return try rows.first.map { try Self.state(in: $0, from: 0) }
        } catch {
            throw StoreError(error)
        }
    }

    /// Puts a state in the place of what was known; nil forgets it.
    ///
    /// - Throws: `StoreError` by cause.
    public func put(_ state: State?, of subject: Subject) throws(StoreError) {
        do {
            guard let state else {
                try connection.execute(
                    "DELETE FROM key_state WHERE channel = $1 AND key = $2 AND model = $3",
                    .text(subject.channel),
                    .text(subject.key),
                    .text(subject.model)
                )
                return
            }
            try connection.execute(
                """
                INSERT INTO key_state (channel, key, model, failures, openings, until, failed, reason)
                VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
                ON CONFLICT (channel, key, model) DO UPDATE
                SET failures = $4, openings = $5, until = $6, failed = $7, reason = $8
                """,
                .text(subject.channel),
                .text(subject.key),
                .text(subject.model),
                .integer(Int64(state.failures)),
                .integer(Int64(state.openings)),
                .integer(Int64(state.until)),
                .integer(Int64(state.failed)),
                .text(state.reason)
            )
        } catch {
            throw StoreError(error)
        }
    }

    /// Forgets what is known of a channel's key and its models; of all its keys for nil.
    ///
    /// - Throws: `StoreError` by cause.
    public func forget(channel: String, key: String?) throws(StoreError) {
        try StoreError.catching {
            _ = try connection.execute(
                "DELETE FROM key_state WHERE channel = $1 AND (key = $2 OR $3 = 1)",
                .text(channel),
                .text(key ?? ""),
                .integer(key == nil ? 1 : 0)
            )
        }
    }

    /// Deletes at most 100 states that nobody has touched for a day.
    func purge(now: Int) throws(StoreError) -> Bool {
        do {
            return try connection.execute(
                """
                DELETE FROM key_state WHERE rowid IN (
                    SELECT rowid FROM key_state WHERE failed < $1 AND until < $1 LIMIT 100
                )
                """,
                .integer(Int64(now - 86_400) * 1_000)
            ) == 100
        } catch {
            throw StoreError(error)
        }
    }

    private static func state(in row: SQLRow, from column: Int) throws -> State {
        State(
            failures: Int(try row.integer(column)),
            openings: Int(try row.integer(column + 1)),
            until: Int(try row.integer(column + 2)),
            failed: Int(try row.integer(column + 3)),
            reason: try row.text(column + 4)
        )
    }
}
