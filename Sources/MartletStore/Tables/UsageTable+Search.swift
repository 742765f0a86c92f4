public import MartletCore
import SQL

extension UsageTable {
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
    /// Those of an account, and one request of an account, are found by an index whatever the size of the table; so is the
    /// beginning of a time.
    ///
    /// - Throws: `StoreError` by cause.
    public func rows(_ selection: Selection) throws(StoreError) -> [Row] {
        try StoreError.catching {
            let page: [SQLValue] = [.integer(Int64(selection.limit)), .integer(Int64(selection.offset))]
            let values = try values(selection)
            let ids =
                if try account(of: selection) == nil {
                    try connection.rows(
                        """
                        SELECT id FROM usage
                        WHERE $1 < 0 AND ($2 < 0 OR key = $2) AND ($3 = '' OR model = $3) AND ($4 = '' OR channel = $4)
                            AND ($5 = '' OR request = $5) AND time >= $6 AND time < $7 AND id < $8 AND id >= $9
                        ORDER BY id DESC LIMIT $10 OFFSET $11
                        """,
                        binding: values + page
                    )
                } else if !selection.request.isEmpty {
                    try connection.rows(
                        """
                        SELECT id FROM usage
                        WHERE request = $5 AND account = $1 AND account > 0 AND ($2 < 0 OR key = $2)
                            AND ($3 = '' OR model = $3) AND ($4 = '' OR channel = $4) AND time >= $6 AND time < $7
                            AND id < $8 AND id >= $9
                        ORDER BY id DESC LIMIT $10 OFFSET $11
                        """,
                        binding: values + page
                    )
                } else {
                    try connection.rows(
                        """
                        SELECT id FROM usage
                        WHERE account = $1 AND ($2 < 0 OR key = $2) AND ($3 = '' OR model = $3)
                            AND ($4 = '' OR channel = $4) AND ($5 = '' OR request = $5) AND time >= $6 AND time < $7
                            AND id < $8 AND id >= $9
                        ORDER BY id DESC LIMIT $10 OFFSET $11
                        """,
                        binding: values + page
                    )
                }
            return try ids.compactMap { try row($0.integer(0)) }
        }
    }

    /// How many rows there are; 10,000 where there are more, for nobody turns so many pages.
    ///
    /// - Throws: `StoreError` by cause.
    public func count(_ selection: Selection) throws(StoreError) -> Int {
        try StoreError.catching {
            let values = try values(selection)
            let counted =
                if try account(of: selection) == nil {
                    try connection.rows(
                        """
                        SELECT count(*) FROM (
                            SELECT 1 FROM usage
                            WHERE $1 < 0 AND ($2 < 0 OR key = $2) AND ($3 = '' OR model = $3)
                                AND ($4 = '' OR channel = $4) AND ($5 = '' OR request = $5) AND time >= $6
                                AND time < $7 AND id < $8 AND id >= $9 LIMIT 10000
                        )
                        """,
                        binding: values
                    )
                } else {
                    try connection.rows(
                        """
                        SELECT count(*) FROM (
                            SELECT 1 FROM usage
                            WHERE account = $1 AND ($2 < 0 OR key = $2) AND ($3 = '' OR model = $3)
                                AND ($4 = '' OR channel = $4) AND ($5 = '' OR request = $5) AND time >= $6
                                AND time < $7 AND id < $8 AND id >= $9 LIMIT 10000
                        )
                        """,
                        binding: values
                    )
                }
            return Int(try counted[0].integer(0))
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

    /// The account that is asked for: that of the key, where only a key is named.
    private func account(of selection: Selection) throws -> Int64? {
        if let account = selection.account { return account.value }
        guard let key = selection.key, key != .none else { return nil }
        let found = try connection.rows("SELECT account FROM api_key WHERE id = $1", .integer(key.value))
        return try found.first?.integer(0)
    }

    private func row(_ id: Int64) throws -> Row? {
        try connection.rows(
            """
            SELECT id, request, time, account, key, channel, channel_key, model, upstream_model, endpoint, input,
                cached, cache_write, hour_cache_write, audio_input, output, reasoning, audio_output, image_output, images,
                cost, estimated, unpriced, streamed, first_byte, duration, outcome, attempts, address
            FROM usage WHERE id = $1
            """,
            .integer(id)
        ).first.map(Self.row)
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
            .integer(try account(of: selection) ?? -1), .integer(selection.key?.value ?? -1),
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
