public import MartletCore
import SQL

/// One row for each request: who, what, how much; nothing of what was said.
///
/// A request that costs money has its row in the transaction that settles it, in a journal ordered by key: one page, where
/// the table with its indexes and the sums are nine. `gather` moves the journal, in one transaction for all; who reads does
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
                    key BIGINT NOT NULL, entry TEXT NOT NULL, request TEXT NOT NULL, time BIGINT NOT NULL,
                    account BIGINT NOT NULL, channel TEXT NOT NULL, channel_key TEXT NOT NULL,
                    model TEXT NOT NULL, upstream_model TEXT NOT NULL, endpoint TEXT NOT NULL,
                    input BIGINT NOT NULL, cached BIGINT NOT NULL, cache_write BIGINT NOT NULL,
                    hour_cache_write BIGINT NOT NULL, audio_input BIGINT NOT NULL, output BIGINT NOT NULL,
                    reasoning BIGINT NOT NULL, audio_output BIGINT NOT NULL, image_output BIGINT NOT NULL,
                    images BIGINT NOT NULL, cost BIGINT NOT NULL, estimated BIGINT NOT NULL,
                    unpriced BIGINT NOT NULL, streamed BIGINT NOT NULL, first_byte BIGINT, duration BIGINT NOT NULL,
                    outcome TEXT NOT NULL, attempts BIGINT NOT NULL, address TEXT NOT NULL,
                    PRIMARY KEY (key, entry)
                ) WITHOUT ROWID
                """,
                "CREATE INDEX usage_request ON usage (request)",
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

    /// Adds a row to the journal, under the name of what it settles.
    ///
    /// - Throws: `StoreError` by cause.
    public func note(_ row: Row, as entry: String) throws(StoreError) {
        try StoreError.catching {
            _ = try connection.execute(
                """
                INSERT INTO usage_journal (request, time, account, key, channel, channel_key, model, upstream_model, endpoint,
                    input, cached, cache_write, hour_cache_write, audio_input, output, reasoning, audio_output,
                    image_output, images, cost, estimated, unpriced, streamed, first_byte, duration, outcome,
                    attempts, address, entry)
                VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20,
                    $21, $22, $23, $24, $25, $26, $27, $28, $29)
                """,
                binding: Self.columns(row) + [.text(entry)]
            )
        }
    }

    /// Whether the journal has rows.
    ///
    /// - Throws: `StoreError` by cause.
    func hasJournal() throws(StoreError) -> Bool {
        try StoreError.catching { try !connection.rows("SELECT 1 FROM usage_journal LIMIT 1").isEmpty }
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
                FROM usage_journal ORDER BY time
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

    /// Which rows are asked for; nil and empty texts take all.
    public struct Selection: Sendable {
        /// Whose.
        public var account: AccountID?
        /// Of which key.
        public var key: KeyID?
        /// Of which model, as the client names it.
        public var model = ""
        /// Of which channel.
        public var channel = ""
        /// Of which request.
        public var request = ""
        /// The first moment, in milliseconds since 1970.
        public var from = 0
        /// The moment behind the last, in milliseconds since 1970.
        public var to = Int.max
        /// Only rows with a smaller number: the last one of the page before.
        public var before = Int64.max
        /// How many to leave out, for pages by number.
        public var offset = 0
        /// How many at most.
        public var limit = 100

        /// Takes the newest hundred of all.
        public init() {}
    }

    /// Rows, newest first.
    ///
    /// - Throws: `StoreError` by cause.
    public func rows(_ selection: Selection) throws(StoreError) -> [Row] {
        try StoreError.catching {
            let rows = try connection.rows(
                """
                SELECT id, request, time, account, key, channel, channel_key, model, upstream_model, endpoint, input,
                    cached, cache_write, hour_cache_write, audio_input, output, reasoning, audio_output,
                    image_output, images, cost, estimated, unpriced, streamed, first_byte, duration, outcome,
                    attempts, address
                FROM usage
                WHERE ($1 < 0 OR account = $1) AND ($2 < 0 OR key = $2) AND ($3 = '' OR model = $3)
                    AND ($4 = '' OR channel = $4) AND ($5 = '' OR request = $5)
                    AND time >= $6 AND time < $7 AND id < $8 AND id >= $9
                ORDER BY id DESC LIMIT $10 OFFSET $11
                """,
                binding: try values(selection) + [
                    .integer(Int64(selection.limit)), .integer(Int64(selection.offset)),
                ]
            )
            return try rows.map(Self.row)
        }
    }

    /// How many rows there are; 10,000 where there are more, for nobody turns so many pages.
    ///
    /// - Throws: `StoreError` by cause.
    public func count(_ selection: Selection) throws(StoreError) -> Int {
        try StoreError.catching {
            let rows = try connection.rows(
                """
                SELECT count(*) FROM (
                SELECT 1 FROM usage
                WHERE ($1 < 0 OR account = $1) AND ($2 < 0 OR key = $2) AND ($3 = '' OR model = $3)
                    AND ($4 = '' OR channel = $4) AND ($5 = '' OR request = $5)
                    AND time >= $6 AND time < $7 AND id < $8 AND id >= $9 LIMIT 10000)
                """,
                binding: try values(selection)
            )
            return Int(try rows[0].integer(0))
        }
    }

    /// The newest row of a request; nil where there is none.
    ///
    /// - Parameters:
    ///   - request: the request's id.
    ///   - account: whose; another's is as if it were not there.
    /// - Returns: the row.
    /// - Throws: `StoreError` by cause.
    public func row(of request: String, account: AccountID) throws(StoreError) -> Row? {
        var selection = Selection()
        (selection.request, selection.account, selection.limit) = (request, account, 1)
        return try rows(selection).first
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

    /// Rows come in the order of their times, but for a few seconds: where a time begins is found by halving.
    private static let disorder = 60_000

    private func firstID(from time: Int) throws -> Int64 {
        guard time > 0 else { return 0 }
        let ends = try connection.rows("SELECT coalesce(min(id), 0), coalesce(max(id), 0) + 1 FROM usage")
        var (low, high) = (try ends[0].integer(0), try ends[0].integer(1))
        while low < high {
            let middle = low + (high - low) / 2
            let found = try connection.rows(
                "SELECT time FROM usage WHERE id >= $1 ORDER BY id LIMIT 1",
                .integer(middle)
            )
            if let first = found.first, try first.integer(0) < Int64(time) {
                low = middle + 1
            } else {
                high = middle
            }
        }
        return low
    }

    private func values(_ selection: Selection) throws -> [SQLValue] {
        let (from, to) = (selection.from - Self.disorder, selection.to)
        let first = try firstID(from: from)
        let last = to < Int.max - Self.disorder ? try firstID(from: to + Self.disorder) : .max
        return [
            .integer(selection.account?.value ?? -1), .integer(selection.key?.value ?? -1),
            .text(selection.model), .text(selection.channel), .text(selection.request),
            .integer(Int64(selection.from)), .integer(Int64(selection.to)),
            .integer(min(selection.before, last)), .integer(first),
        ]
    }

    private static func row(_ row: SQLRow) throws -> Row {
        var result = Row()
        result.id = try row.integer(0)
        result.request = try row.text(1)
        result.time = Int(try row.integer(2))
        result.account = AccountID(try row.integer(3))
        result.key = KeyID(try row.integer(4))
        result.channel = try row.text(5)
        result.channelKey = try row.text(6)
        result.model = try row.text(7)
        result.upstreamModel = try row.text(8)
        result.endpoint = try row.text(9)
        result.usage = try usage(row)
        result.images = Int(try row.integer(19))
        result.cost = Credits(nano: try row.integer(20))
        result.isEstimated = try row.integer(21) != 0
        result.isUnpriced = try row.integer(22) != 0
        result.isStreamed = try row.integer(23) != 0
        result.firstByte = row[24] == .null ? nil : Int(try row.integer(24))
        result.duration = Int(try row.integer(25))
        result.outcome = try row.text(26)
        result.attempts = Int(try row.integer(27))
        result.address = try row.text(28)
        return result
    }

    private static func usage(_ row: SQLRow) throws -> TokenUsage {
        func tokens(_ column: Int) throws -> TokenCount { TokenCount(Int(try row.integer(column))) }
        var usage = TokenUsage(input: try tokens(10), output: try tokens(15))
        usage.cachedInput = try tokens(11)
        usage.cacheWrite = try tokens(12)
        usage.hourCacheWrite = try tokens(13)
        usage.audioInput = try tokens(14)
        usage.reasoning = try tokens(16)
        usage.audioOutput = try tokens(17)
        usage.imageOutput = try tokens(18)
        return usage
    }
}

extension SQLValue {
    /// A number of tokens.
    fileprivate static func tokens(_ count: TokenCount) -> SQLValue { .integer(Int64(count.value)) }
}
