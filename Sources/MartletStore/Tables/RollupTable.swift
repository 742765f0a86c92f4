public import MartletCore
import SQL

/// What requests took, added up by minute, hour and day as they end.
///
/// Each request is part of several sums: of everything together, of its model, of its account, and so on to the sum of all
/// that it is told apart by (`Grouping`). Who looks at a year by model reads a number for each day and model, however many
/// accounts and keys there are. Belongs to the transaction that it was made for.
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

        /// What one request took, in its minute.
        init(_ row: UsageTable.Row) {
            let second = row.time / 1_000
            period = second - second % Grain.minute.seconds
            (account, key) = (row.account, row.key)
            (channel, channelKey, model) = (row.channel, row.channelKey, row.model)
            requests = row.isFailure ? 0 : 1
            failures = row.isFailure ? 1 : 0
            input = row.usage.input.value
            cached = row.usage.cachedInput.value
            output = row.usage.output.value
            cost = row.cost
        }

        /// The same, told apart by less.
        fileprivate func collapsed(to grouping: Grouping, _ grain: Grain) -> Sum {
            var sum = self
            sum.period -= period % grain.seconds
            if !grouping.dimensions.contains(.account) { sum.account = .none }
            if !grouping.dimensions.contains(.key) { sum.key = .none }
            if !grouping.dimensions.contains(.channel) { sum.channel = "" }
            if !grouping.dimensions.contains(.channelKey) { sum.channelKey = "" }
            if !grouping.dimensions.contains(.model) { sum.model = "" }
            return sum
        }

        /// Adds what others took.
        fileprivate mutating func add(_ other: Sum) {
            requests += other.requests
            failures += other.failures
            input += other.input
            cached += other.cached
            output += other.output
            cost += other.cost
        }
    }

    static let statements: [StaticString] = [
        """
        CREATE TABLE usage_rollup (
            cube TEXT NOT NULL, period BIGINT NOT NULL, key BIGINT NOT NULL, channel TEXT NOT NULL,
            channel_key TEXT NOT NULL, model TEXT NOT NULL, account BIGINT NOT NULL, requests BIGINT NOT NULL,
            failures BIGINT NOT NULL, input BIGINT NOT NULL, cached BIGINT NOT NULL, output BIGINT NOT NULL,
            cost BIGINT NOT NULL, PRIMARY KEY (cube, period, key, channel, channel_key, model, account)
        ) WITHOUT ROWID
        """,
        "CREATE INDEX usage_rollup_key ON usage_rollup (cube, key, period)",
        "CREATE INDEX usage_rollup_account ON usage_rollup (cube, account, period)",
    ]

    let connection: any SQLConnection

    /// What one sum is about.
    private struct Place: Hashable {
        let period: Int
        let account: AccountID
        let key: KeyID
        let channel: String
        let channelKey: String
        let model: String

        init(_ sum: Sum) {
            (period, account, key) = (sum.period, sum.account, sum.key)
            (channel, channelKey, model) = (sum.channel, sum.channelKey, sum.model)
        }
    }

    /// Adds requests to all of their sums.
    ///
    /// - Throws: as the statements fail.
    func add(_ rows: [UsageTable.Row]) throws {
        try add(Self.merged(rows.map(Sum.init)))
    }

    /// Adds the journal of usage to the sums.
    ///
    /// - Throws: as the statements fail.
    func addJournal() throws {
        let rows = try connection.rows(
            """
            SELECT time / 60000 * 60 AS period, account, key, channel, channel_key, model,
                sum(CASE outcome WHEN 'completed' THEN 1 ELSE 0 END),
                sum(CASE outcome WHEN 'completed' THEN 0 ELSE 1 END), sum(input), sum(cached), sum(output), sum(cost)
            FROM usage_journal GROUP BY period, account, key, channel, channel_key, model
            """
        )
        try add(try rows.map(Self.sum))
    }

    /// Adds the sums of minutes that are told apart by everything: one statement for each sum that they are part of.
    private func add(_ minutes: [Sum]) throws {
        for grouping in Grouping.allCases {
            let collapsed = Self.merged(minutes.map { $0.collapsed(to: grouping, .minute) })
            for grain in Grain.allCases {
                for sum in Self.merged(collapsed.map { $0.collapsed(to: grouping, grain) }) {
                    try add(sum, in: grouping.cube(grain))
                }
            }
        }
    }

    /// Sums of the same place as one.
    private static func merged(_ sums: [Sum]) -> [Sum] {
        guard sums.count > 1 else { return sums }
        var merged: [Place: Sum] = [:]
        for sum in sums {
            let place = Place(sum)
            if merged[place] == nil { merged[place] = sum } else { merged[place]?.add(sum) }
        }
        return Array(merged.values)
    }

    private func add(_ sum: Sum, in cube: String) throws {
        _ = try connection.execute(
            """
            INSERT INTO usage_rollup (cube, period, key, channel, channel_key, model, account, requests, failures,
                input, cached, output, cost)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)
            ON CONFLICT (cube, period, key, channel, channel_key, model, account) DO UPDATE
            SET requests = requests + $8, failures = failures + $9, input = input + $10, cached = cached + $11,
                output = output + $12, cost = cost + $13
            """,
            binding: [
                .text(cube), .integer(Int64(sum.period)), .integer(sum.key.value), .text(sum.channel),
                .text(sum.channelKey), .text(sum.model), .integer(sum.account.value),
                .integer(Int64(sum.requests)), .integer(Int64(sum.failures)), .integer(Int64(sum.input)),
                .integer(Int64(sum.cached)), .integer(Int64(sum.output)), .integer(sum.cost.nano),
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

    /// Sums, by period and then by what they are told apart by, from the fewest numbers that tell it.
    ///
    /// - Throws: `StoreError` by cause.
    public func sums(_ selection: Selection) throws(StoreError) -> [Sum] {
        try StoreError.catching {
            func flag(_ dimension: Dimension) -> SQLValue {
                .integer(selection.dimensions.contains(dimension) ? 1 : 0)
            }
            let values: [SQLValue] = [
                .text(Grouping.telling(selection).cube(selection.grain)), .integer(Int64(selection.from)),
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
                        FROM usage_rollup WHERE cube = $1 AND period >= $2 AND period < $3 AND key = $11
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
                        FROM usage_rollup WHERE cube = $1 AND period >= $2 AND period < $3 AND account = $11
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
                        FROM usage_rollup WHERE cube = $1 AND period >= $2 AND period < $3
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
                for grouping in Grouping.allCases {
                    let deleted = try connection.execute(
                        """
                        DELETE FROM usage_rollup
                        WHERE (cube, period, key, channel, channel_key, model, account) IN (
                            SELECT cube, period, key, channel, channel_key, model, account FROM usage_rollup
                            WHERE cube = $1 AND period < $2 LIMIT 100
                        )
                        """,
                        .text(grouping.cube(grain)),
                        .integer(Int64(now - keptFor))
                    )
                    if deleted == 100 { hasMore = true }
                }
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
