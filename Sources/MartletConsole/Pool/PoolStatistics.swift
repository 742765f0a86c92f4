import HTTPTypes
import MartletCore
import MartletStore
import MartletWeb

/// What the keys of channels have been used for, as the key pools tell it: `/v1/keypool/stats` and `/v1/keypool/errors`.
///
/// Users see what is theirs, administrators their group, owners everything.
enum PoolStatistics {
    static let routes = [
        PoolRoute(.get, "/v1/keypool/stats", "Tokens and requests by key and model.", act: stats),
        PoolRoute(.get, "/v1/keypool/errors", "Failures by key.", act: errors),
    ]

    private static let spans = ["hour": 3_600, "day": 86_400, "week": 7 * 86_400, "month": 30 * 86_400]

    private static func sums(_ call: Call, _ dimensions: Set<RollupTable.Dimension>, isByPeriod: Bool) throws
        -> [RollupTable.Sum]
    {
        let period = call.query["period"] ?? "day"
        guard let span = period == "all" ? Int.max : spans[period] else {
            throw GatewayError(
                .invalidRequest,
                "'period' must be hour, day, week, month or all.",
                parameter: "period"
            )
        }
        try call.gatherUsage()
        let now = call.console.now()
        // Hours are kept for two months.
        let grain: RollupTable.Grain = span > 30 * 86_400 ? .day : .hour
        var selection = RollupTable.Selection(
            grain,
            from: span == .max ? 0 : now - span - now % grain.seconds,
            to: now + 1
        )
        selection.isByPeriod = isByPeriod
        selection.dimensions = dimensions.union([.account])
        let actor = try call.actor
        if actor.role == .user { selection.account = actor.account.id }
        let wanted = selection
        let (found, members) = try call.read { tables throws(StoreError) in
            var accounts = AccountTable.Selection()
            (accounts.group, accounts.limit) = (actor.account.group, 100_000)
            return (try tables.rollups.sums(wanted), Set(try tables.accounts.rows(accounts).rows.map(\.id)))
        }
        return actor.role == .owner ? found : found.filter { members.contains($0.account) }
    }

    private static func stats(_ call: Call) throws -> JSON {
        let granularity = call.query["granularity"] ?? call.query["period"] ?? "day"
        var rows: [[String]: (input: Int, output: Int, requests: Int)] = [:]
        for sum in try sums(call, [.channel, .channelKey, .model], isByPeriod: true) where sum.requests > 0 {
            let name = call.console.channels.keyName(sum.channel, sum.channelKey)
            let place = [
                label(sum.period, granularity), sum.channel, name.owner, "***\(name.hint)", sum.model,
            ]
            let known = rows[place] ?? (0, 0, 0)
            rows[place] = (known.input + sum.input, known.output + sum.output, known.requests + sum.requests)
        }
        let sorted = rows.sorted { left, right in
            left.key[0] != right.key[0]
                ? left.key[0] > right.key[0] : left.key.lexicographicallyPrecedes(right.key)
        }
        return [
            "object": "list",
            "data": .array(
                sorted.map { place, sum in
                    [
                        "period": .string(place[0]), "provider": .string(place[1]),
                        "modelId": .string(place[4]),
                        "keyOwner": .string(place[2]), "keyHint": .string(place[3]),
                        "promptTokens": JSON(sum.input),
                        "completionTokens": JSON(sum.output), "requestCount": JSON(sum.requests),
                    ]
                }
            ),
        ]
    }

    private static func errors(_ call: Call) throws -> JSON {
        var rows: [[String]: (requests: Int, failures: Int)] = [:]
        for sum in try sums(call, [.channel, .channelKey], isByPeriod: false) {
            let name = call.console.channels.keyName(sum.channel, sum.channelKey)
            let place = [sum.channel, name.owner, "***\(name.hint)"]
            let known = rows[place] ?? (0, 0)
            rows[place] = (known.requests + sum.requests, known.failures + sum.failures)
        }
        let list = rows.filter { $0.value.failures > 0 }.map { place, sum -> (rate: Double, json: JSON) in
            let rate = Double(sum.failures) / Double(max(sum.requests, 1))
            return (
                rate,
                [
                    "provider": .string(place[0]), "keyOwner": .string(place[1]),
                    "keyHint": .string(place[2]),
                    "totalRequests": JSON(sum.requests), "errorCount": JSON(sum.failures),
                    "errorRate": JSON(rate),
                    "lastErrorCode": .null,
                ]
            )
        }
        return ["object": "list", "data": .array(list.sorted { $0.rate > $1.rate }.map(\.json))]
    }

    /// `2026-11-26T18:00`, `2026-11-26`, `2026-11`, `2026-W47`: weeks are counted in sevens of days from 1 January, from 00.
    private static func label(_ period: Int, _ granularity: String) -> String {
        let text = CivilTime.text(period)
        switch granularity {
        case "hour": return String(text.prefix(13)) + ":00"
        case "month": return String(text.prefix(7))
        case "week":
            let year = text.prefix(4)
            let start = CivilTime.seconds("\(year)-01-01") ?? period
            let week = (period - start) / (7 * 86_400)
            return "\(year)-W\(week < 10 ? "0" : "")\(week)"
        default: return String(text.prefix(10))
        }
    }
}
