public import MartletCore
import SQL

/// One row for each request: who, what, how much; nothing of what was said.
///
/// A request that costs money has its row in the transaction that settles it, in a journal without any index: one page,
/// where the table with its indexes and the sums are nine. `gather` moves the journal, in one transaction for all; who reads does
/// that before. Rows are added up by minute, hour and day, so that no page ever scans rows. Belongs to the transaction that
/// it was made for.
public struct UsageTable {
    /// One request.
    public struct Row: Sendable, Equatable {
        /// The row's number; 0 for one that is not in the table yet.
        public var id: Int64 = 0
        /// The request's id, as the client knows it.
        public var request = ""
        /// When it ended, in milliseconds since 1970.
        public var time = 0
        /// Whose account.
        public var account = AccountID.none
        /// Which key.
        public var key = KeyID.none
        /// Which channel answered.
        public var channel = ""
        /// Which of its keys: see `ChannelKey.id`.
        public var channelKey = ""
        /// The model, as the client names it.
        public var model = ""
        /// The model, as the vendor names it.
        public var upstreamModel = ""
        /// The address, for example `chat/completions`.
        public var endpoint = ""
        /// Tokens of every class.
        public var usage = TokenUsage(input: 0, output: 0)
        /// Pictures that were made.
        public var images = 0
        /// What it cost its caller.
        public var cost = Credits.zero
        /// Whether the usage was counted here, because the vendor told none.
        public var isEstimated = false
        /// Whether nobody knows the model's price.
        public var isUnpriced = false
        /// Whether the answer was streamed.
        public var isStreamed = false
        /// From the arrival to the first byte, in milliseconds; nil where there was none.
        public var firstByte: Int?
        /// From the arrival to the end, in milliseconds.
        public var duration = 0
        /// How it ended: see `ErrorLabel`.
        public var outcome = ErrorLabel.completed.rawValue
        /// How many times a vendor was asked.
        public var attempts = 0
        /// From where it came.
        public var address = ""

        /// An empty row.
        public init() {}

        /// Whether there was an answer.
        public var isFailure: Bool { outcome != ErrorLabel.completed.rawValue }
    }

    static let steps = [
        SQLMigrator.Step(
            "0007 usage",
            [
                """
                CREATE TABLE usage (
                    id INTEGER PRIMARY KEY AUTOINCREMENT, request TEXT NOT NULL, time BIGINT NOT NULL,
                    account BIGINT NOT NULL, key BIGINT NOT NULL, channel TEXT NOT NULL, channel_key TEXT NOT NULL,
                    model TEXT NOT NULL, upstream_model TEXT NOT NULL, endpoint TEXT NOT NULL,
                    input BIGINT NOT NULL, cached BIGINT NOT NULL, cache_write BIGINT NOT NULL,
                    hour_cache_write BIGINT NOT NULL, audio_input BIGINT NOT NULL, output BIGINT NOT NULL,
                    reasoning BIGINT NOT NULL, audio_output BIGINT NOT NULL, image_output BIGINT NOT NULL,
                    images BIGINT NOT NULL, cost BIGINT NOT NULL, estimated BIGINT NOT NULL,
                    unpriced BIGINT NOT NULL, streamed BIGINT NOT NULL, first_byte BIGINT, duration BIGINT NOT NULL,
                    outcome TEXT NOT NULL, attempts BIGINT NOT NULL, address TEXT NOT NULL
                )
                """,
                """
                CREATE TABLE usage_journal (
                    id INTEGER PRIMARY KEY, request TEXT NOT NULL, time BIGINT NOT NULL,
                    account BIGINT NOT NULL, key BIGINT NOT NULL, channel TEXT NOT NULL, channel_key TEXT NOT NULL,
                    model TEXT NOT NULL, upstream_model TEXT NOT NULL, endpoint TEXT NOT NULL,
                    input BIGINT NOT NULL, cached BIGINT NOT NULL, cache_write BIGINT NOT NULL,
                    hour_cache_write BIGINT NOT NULL, audio_input BIGINT NOT NULL, output BIGINT NOT NULL,
                    reasoning BIGINT NOT NULL, audio_output BIGINT NOT NULL, image_output BIGINT NOT NULL,
                    images BIGINT NOT NULL, cost BIGINT NOT NULL, estimated BIGINT NOT NULL,
                    unpriced BIGINT NOT NULL, streamed BIGINT NOT NULL, first_byte BIGINT, duration BIGINT NOT NULL,
                    outcome TEXT NOT NULL, attempts BIGINT NOT NULL, address TEXT NOT NULL
                )
                """,
                "CREATE INDEX usage_request ON usage (request) WHERE account > 0",
                "CREATE INDEX usage_account ON usage (account, id)",
            ] + RollupTable.statements
        )
    ]

    let connection: any SQLConnection

    /// Adds rows, and adds them up.
    ///
    /// - Throws: `StoreError` by cause.
    public func add(_ rows: [Row]) throws(StoreError) {
        guard !rows.isEmpty else { return }
        try StoreError.catching {
            for row in rows { try insert(row) }
            try RollupTable(connection: connection).add(rows)
        }
    }

    private func insert(_ row: Row) throws {
        _ = try connection.execute(
            """
            INSERT INTO usage (request, time, account, key, channel, channel_key, model, upstream_model, endpoint,
                input, cached, cache_write, hour_cache_write, audio_input, output, reasoning, audio_output,
                image_output, images, cost, estimated, unpriced, streamed, first_byte, duration, outcome,
                attempts, address)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20,
                $21, $22, $23, $24, $25, $26, $27, $28)
            """,
            binding: Self.columns(row)
        )
    }

    /// Adds a row to the journal.
    ///
    /// - Throws: `StoreError` by cause.
    public func note(_ row: Row) throws(StoreError) {
        try StoreError.catching {
            _ = try connection.execute(
                """
                INSERT INTO usage_journal (request, time, account, key, channel, channel_key, model, upstream_model, endpoint,
                    input, cached, cache_write, hour_cache_write, audio_input, output, reasoning, audio_output,
                    image_output, images, cost, estimated, unpriced, streamed, first_byte, duration, outcome,
                    attempts, address)
                VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20,
                    $21, $22, $23, $24, $25, $26, $27, $28)
                """,
                binding: Self.columns(row)
            )
        }
    }

    /// When the first request of the journal ended, in milliseconds since 1970; nil where it is empty.
    ///
    /// - Throws: `StoreError` by cause.
    func beginningOfJournal() throws(StoreError) -> Int? {
        try StoreError.catching {
            let rows = try connection.rows("SELECT time FROM usage_journal ORDER BY id LIMIT 1")
            return try rows.first.map { Int(try $0.integer(0)) }
        }
    }

    /// Moves the journal to where it is looked up, and adds it up.
    ///
    /// - Throws: `StoreError` by cause.
    func gather() throws(StoreError) {
        try StoreError.catching {
            _ = try connection.execute(
                """
                INSERT INTO usage (request, time, account, key, channel, channel_key, model, upstream_model, endpoint,
                    input, cached, cache_write, hour_cache_write, audio_input, output, reasoning, audio_output,
                    image_output, images, cost, estimated, unpriced, streamed, first_byte, duration, outcome,
                    attempts, address)
                SELECT request, time, account, key, channel, channel_key, model, upstream_model, endpoint,
                    input, cached, cache_write, hour_cache_write, audio_input, output, reasoning, audio_output,
                    image_output, images, cost, estimated, unpriced, streamed, first_byte, duration, outcome,
                    attempts, address
                FROM usage_journal ORDER BY id
                """
            )
            try RollupTable(connection: connection).addJournal()
            _ = try connection.execute("DELETE FROM usage_journal")
        }
    }

    private static func columns(_ row: Row) -> [SQLValue] {
        let usage = row.usage
        return [
            .text(row.request), .integer(Int64(row.time)), .integer(row.account.value),
            .integer(row.key.value), .text(row.channel), .text(row.channelKey), .text(row.model),
            .text(row.upstreamModel), .text(row.endpoint), .tokens(usage.input),
            .tokens(usage.cachedInput), .tokens(usage.cacheWrite), .tokens(usage.hourCacheWrite),
            .tokens(usage.audioInput), .tokens(usage.output), .tokens(usage.reasoning),
            .tokens(usage.audioOutput), .tokens(usage.imageOutput), .integer(Int64(row.images)),
            .integer(row.cost.nano), .integer(row.isEstimated ? 1 : 0),
            .integer(row.isUnpriced ? 1 : 0), .integer(row.isStreamed ? 1 : 0),
            row.firstByte.map { .integer(Int64($0)) } ?? .null, .integer(Int64(row.duration)),
            .text(row.outcome), .integer(Int64(row.attempts)), .text(row.address),
        ]
    }

    /// Deletes at most 100 rows from before a moment, in milliseconds since 1970; returns whether there may be more.
    ///
    /// - Throws: `StoreError` by cause.
    public func purge(before moment: Int) throws(StoreError) -> Bool {
        try StoreError.catching {
            try connection.execute(
                """
                DELETE FROM usage WHERE id IN (SELECT id FROM usage ORDER BY id LIMIT 100) AND time < $1
                """,
                .integer(Int64(moment))
            ) == 100
        }
    }
}

extension SQLValue {
    /// A number of tokens.
    static func tokens(_ count: TokenCount) -> SQLValue { .integer(Int64(count.value)) }
}
