public import MartletCore
import SQL

/// What requests took, added up by minute, hour and day as they end.
///
/// Belongs to the transaction that it was made for.
public struct RollupTable {
    /// How long a period is.
    public enum Grain: String, Sendable, CaseIterable {
        case minute = "m"
        case hour = "h"
        case day = "d"

        /// Its length in seconds.
        public var seconds: Int {
            switch self {
            case .minute: 60
            case .hour: 3_600
            case .day: 86_400
            }
        }

        /// How long its sums are kept, in seconds; nil for ever.
        var keptFor: Int? {
            switch self {
            case .minute: 2 * 86_400
            case .hour: 62 * 86_400
            case .day: nil
            }
        }
    }

    /// By what sums are told apart.
    public enum Dimension: String, Sendable, CaseIterable {
        case account, key, channel, model
        case channelKey = "channel_key"
    }

    /// What requests took together.
    public struct Sum: Sendable, Equatable {
        /// The period's first second since 1970; 0 where periods are added up, too.
        public var period = 0
        /// Whose; `AccountID.none` where accounts are not told apart.
        public var account = AccountID.none
        /// Of which key; `KeyID.none` where keys are not told apart.
        public var key = KeyID.none
        /// Of which channel; empty where channels are not told apart.
        public var channel = ""
        /// Of which of its keys; empty where they are not told apart.
        public var channelKey = ""
        /// Of which model; empty where models are not told apart.
        public var model = ""
        /// How many requests were answered.
        public var requests = 0
        /// How many were not.
        public var failures = 0
        /// Tokens of prompts.
        public var input = 0
        /// Of these, read from a cache.
        public var cached = 0
        /// Tokens of answers.
        public var output = 0
        /// What they cost.
        public var cost = Credits.zero

        /// Nothing yet.
        public init() {}

        /// Adds a request.
        fileprivate mutating func add(_ row: UsageTable.Row) {
            requests += row.isFailure ? 0 : 1
            failures += row.isFailure ? 1 : 0
            input += row.usage.input.value
            cached += row.usage.cachedInput.value
            output += row.usage.output.value
            cost += row.cost
        }
    }

    static let statements: [StaticString] = [
        """
        CREATE TABLE usage_rollup (
            grain TEXT NOT NULL, period BIGINT NOT NULL, key BIGINT NOT NULL, channel TEXT NOT NULL,
            channel_key TEXT NOT NULL, model TEXT NOT NULL, account BIGINT NOT NULL, requests BIGINT NOT NULL,
            failures BIGINT NOT NULL, input BIGINT NOT NULL, cached BIGINT NOT NULL, output BIGINT NOT NULL,
            cost BIGINT NOT NULL, PRIMARY KEY (grain, period, key, channel, channel_key, model, account)
        ) WITHOUT ROWID
        """,
        "CREATE INDEX usage_rollup_key ON usage_rollup (grain, key, period)",
        "CREATE INDEX usage_rollup_account ON usage_rollup (grain, account, period)",
    ]

    let connection: any SQLConnection

    /// What one sum is about.
    private struct Place: Hashable {
        let grain: Grain
        let period: Int
        let key: KeyID
        let channel: String
        let channelKey: String
        let model: String
        let account: AccountID
    }

    /// Adds requests to the sums of their minutes, hours and days: one statement for each sum, however many requests.
    ///
    /// - Throws: as the statements fail.
    func add(_ rows: [UsageTable.Row]) throws {
        var sums: [Place: Sum] = [:]
        for row in rows {
            let second = row.time / 1_000
            for grain in Grain.allCases {
                let place = Place(
                    grain: grain,
                    period: second - second % grain.seconds,
                    key: row.key,
                    channel: row.channel,
                    channelKey: row.channelKey,
                    model: row.model,
                    account: row.account
                )
                sums[place, default: Sum()].add(row)
            }
        }
        for (place, sum) in sums { try add(sum, at: place) }
    }

    /// Adds the journal of usage to the sums.
    ///
    /// - Throws: as the statements fail.
    func addJournal() throws {
        for grain in Grain.allCases {
            _ = try connection.execute(
                """
                INSERT INTO usage_rollup (grain, period, key, channel, channel_key, model, account, requests, failures,
                    input, cached, output, cost)
                SELECT $1, time / 1000 - time / 1000 % $2, key, channel, channel_key, model, account,
                    sum(CASE outcome WHEN 'completed' THEN 1 ELSE 0 END),
                    sum(CASE outcome WHEN 'completed' THEN 0 ELSE 1 END), sum(input), sum(cached), sum(output), sum(cost)
                FROM usage_journal WHERE true
                GROUP BY time / 1000 - time / 1000 % $2, key, channel, channel_key, model, account
                ON CONFLICT (grain, period, key, channel, channel_key, model, account) DO UPDATE
                SET requests = requests + excluded.requests, failures = failures + excluded.failures,
                    input = input + excluded.input, cached = cached + excluded.cached,
                    output = output + excluded.output, cost = cost + excluded.cost
                """,
                .text(grain.rawValue),
                .integer(Int64(grain.seconds))
            )
        }
    }

    private func add(_ sum: Sum, at place: Place) throws {
        _ = try connection.execute(
            """
            INSERT INTO usage_rollup (grain, period, key, channel, channel_key, model, account, requests, failures,
                input, cached, output, cost)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)
            ON CONFLICT (grain, period, key, channel, channel_key, model, account) DO UPDATE
            SET requests = requests + $8, failures = failures + $9, input = input + $10, cached = cached + $11,
                output = output + $12, cost = cost + $13
            """,
            binding: [
                .text(place.grain.rawValue), .integer(Int64(place.period)), .integer(place.key.value),
                .text(place.channel), .text(place.channelKey), .text(place.model),
                .integer(place.account.value), .integer(Int64(sum.requests)), .integer(Int64(sum.failures)),
                .integer(Int64(sum.input)), .integer(Int64(sum.cached)), .integer(Int64(sum.output)),
                .integer(sum.cost.nano),
            ]
        )
    }

    /// Which sums are asked for.
    public struct Selection: Sendable {
        /// How long a period is.
        public var grain: Grain
        /// The first period's first second since 1970.
        public var from: Int
        /// The first second behind the last period.
        public var to: Int
        /// Whose; nil for everybody's.
        public var account: AccountID?
        /// Of which key; nil for all.
        public var key: KeyID?
        /// What is told apart.
        public var dimensions: Set<Dimension> = []
        /// Whether periods are told apart.
        public var isByPeriod = true
        /// How many sums at most.
        public var limit = 10_000

        /// Takes everything of a time, added up by period.
        public init(_ grain: Grain, from: Int, to: Int) {
            self.grain = grain
            self.from = from
            self.to = to
        }
    }

    /// Sums, by period and then by what they are told apart by.
    ///
    /// - Throws: `StoreError` by cause.
    public func sums(_ selection: Selection) throws(StoreError) -> [Sum] {
        try StoreError.catching {
            func flag(_ dimension: Dimension) -> SQLValue {
                .integer(selection.dimensions.contains(dimension) ? 1 : 0)
            }
            let values: [SQLValue] = [
                .text(selection.grain.rawValue), .integer(Int64(selection.from)),
                .integer(Int64(selection.to)),
                .integer(selection.isByPeriod ? 1 : 0), flag(.account), flag(.key), flag(.channel),
                flag(.channelKey), flag(.model), .integer(Int64(selection.limit)),
            ]
            let rows =
                if let key = selection.key {
                    try connection.rows(
                        """
                        SELECT period * $4 AS p, account * $5 AS a, key * $6 AS k, CASE $7 WHEN 1 THEN channel ELSE '' END AS c,
                            CASE $8 WHEN 1 THEN channel_key ELSE '' END AS h, CASE $9 WHEN 1 THEN model ELSE '' END AS m, sum(requests), sum(failures),
                            sum(input), sum(cached), sum(output), sum(cost)
                        FROM usage_rollup WHERE grain = $1 AND period >= $2 AND period < $3 AND key = $11
                        GROUP BY p, a, k, c, h, m ORDER BY p, a, k, c, h, m LIMIT $10
                        """,
                        binding: values + [.integer(key.value)]
                    )
                } else if let account = selection.account {
                    try connection.rows(
                        """
                        SELECT period * $4 AS p, account * $5 AS a, key * $6 AS k, CASE $7 WHEN 1 THEN channel ELSE '' END AS c,
                            CASE $8 WHEN 1 THEN channel_key ELSE '' END AS h, CASE $9 WHEN 1 THEN model ELSE '' END AS m, sum(requests), sum(failures),
                            sum(input), sum(cached), sum(output), sum(cost)
                        FROM usage_rollup WHERE grain = $1 AND period >= $2 AND period < $3 AND account = $11
                        GROUP BY p, a, k, c, h, m ORDER BY p, a, k, c, h, m LIMIT $10
                        """,
                        binding: values + [.integer(account.value)]
                    )
                } else {
                    try connection.rows(
                        """
                        SELECT period * $4 AS p, account * $5 AS a, key * $6 AS k, CASE $7 WHEN 1 THEN channel ELSE '' END AS c,
                            CASE $8 WHEN 1 THEN channel_key ELSE '' END AS h, CASE $9 WHEN 1 THEN model ELSE '' END AS m, sum(requests), sum(failures),
                            sum(input), sum(cached), sum(output), sum(cost)
                        FROM usage_rollup WHERE grain = $1 AND period >= $2 AND period < $3
                        GROUP BY p, a, k, c, h, m ORDER BY p, a, k, c, h, m LIMIT $10
                        """,
                        binding: values
                    )
                }
            return try rows.map(Self.sum)
        }
    }

    /// Deletes at most 100 sums of periods that are too long ago; returns whether there may be more.
    func purge(now: Int) throws(StoreError) -> Bool {
        try StoreError.catching {
            var hasMore = false
            for grain in Grain.allCases {
                guard let keptFor = grain.keptFor else { continue }
                let deleted = try connection.execute(
                    """
                    DELETE FROM usage_rollup
                    WHERE (grain, period, key, channel, channel_key, model, account) IN (
                        SELECT grain, period, key, channel, channel_key, model, account FROM usage_rollup
                        WHERE grain = $1 AND period < $2 LIMIT 100
                    )
                    """,
                    .text(grain.rawValue),
                    .integer(Int64(now - keptFor))
                )
                if deleted == 100 { hasMore = true }
            }
            return hasMore
        }
    }

    private static func sum(_ row: SQLRow) throws -> Sum {
        var sum = Sum()
        sum.period = Int(try row.integer(0))
        sum.account = AccountID(try row.integer(1))
        sum.key = KeyID(try row.integer(2))
        sum.channel = try row.text(3)
        sum.channelKey = try row.text(4)
        sum.model = try row.text(5)
        sum.requests = Int(try row.integer(6))
        sum.failures = Int(try row.integer(7))
        sum.input = Int(try row.integer(8))
        sum.cached = Int(try row.integer(9))
        sum.output = Int(try row.integer(10))
        sum.cost = Credits(nano: try row.integer(11))
        return sum
    }
}
