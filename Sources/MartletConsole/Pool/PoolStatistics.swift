import HTTPTypes
import MartletCore
import MartletStore
import MartletWeb

/// What keys have been used for, as the key pools tell it: those of channels here, and those that clients use by themselves
/// and report.
///
/// Users see what is theirs, administrators their group, owners everything. What clients report is believed here and
/// nowhere else.
enum PoolStatistics {
    private static let provider = Field<String>.text("provider", atMost: 100)
    private static let model = Field<String>.text("modelId", atMost: 200)
    private static let owner = Field<String>.text("keyOwner", atMost: 100)
    private static let hint = Field<String>.text("keyHint", atMost: 40)
    private static let prompt = Field<Int>.integer("promptTokens", 0...1_000_000_000)
    private static let completion = Field<Int>.integer("completionTokens", 0...1_000_000_000)
    private static let status = Field<Int>.integer("errorCode", 0...999)

    static let routes = [
        PoolRoute(.post, "/v1/keypool/usage", "What a client has used with a key of its own.") { call in
            var sum = ClientReportTable.Sum()
            (sum.input, sum.output) = (try call.value(prompt) ?? 0, try call.value(completion) ?? 0)
            sum.requests = 1
            return try report(sum, in: call)
        },
        PoolRoute(.post, "/v1/keypool/error", "What went wrong with a key of its own.") { call in
            var sum = ClientReportTable.Sum()
            (sum.failures, sum.lastStatus) = (1, try call.value(status))
            return try report(sum, in: call)
        },
        PoolRoute(.get, "/v1/keypool/stats", "Tokens and requests by key and model.", act: stats),
        PoolRoute(.get, "/v1/keypool/errors", "Failures by key.", act: errors),
        PoolRoute(
            .post,
            "/v1/keypool/purge",
            "Forgets what the clients of a group have reported.",
            act: purge
        ),
    ]

    /// What one key was used for in a period.
    private struct Entry {
        var period: Int
        var provider: String
        var model: String
        var owner: String
        var hint: String
        var sum: ClientReportTable.Sum
    }

    private static let spans = ["hour": 3_600, "day": 86_400, "week": 7 * 86_400, "month": 30 * 86_400]

    private static func report(_ sum: ClientReportTable.Sum, in call: Call) throws -> JSON {
        guard let provider = try call.value(provider), let model = try call.value(model),
            let owner = try call.value(owner), let hint = try call.value(hint)
        else {
            throw PoolRoute.Refusal(
                status: .badRequest,
                text: "Missing required fields: provider, modelId, keyOwner, keyHint"
            )
        }
        let now = call.console.now()
        let subject = ClientReportTable.Subject(
            account: try call.actor.account.id,
            hour: now - now % 3_600,
            provider: provider,
            model: model,
            owner: owner,
            // Whoever sends more of a key than a hint has it kept no longer than one.
            hint: String(hint.suffix(8))
        )
        do {
            try call.console.store.write { tables throws(StoreError) in
                try tables.clientReports.add(sum, to: subject)
            }
        } catch {
            throw Console.unreachable(error)
        }
        return ["ok": true]
    }

    private static func entries(_ call: Call) throws -> [Entry] {
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
        let start = span == .max ? 0 : now - span - now % grain.seconds
        var selection = RollupTable.Selection(grain, from: start, to: now + 1)
        selection.dimensions = [.account, .channel, .channelKey, .model]
        let wanted = selection
        let (sums, reports, members) = try call.read { tables throws(StoreError) in
            (
                try tables.rollups.sums(wanted), try tables.clientReports.all(since: start),
                try visible(to: call, in: tables)
            )
        }
        func isVisible(_ account: AccountID) -> Bool { members?.contains(account) ?? true }
        return sums.filter { isVisible($0.account) }.map { entry($0, call.console.channels) }
            + reports.filter { isVisible($0.subject.account) }.map { subject, sum in
                Entry(
                    period: subject.hour,
                    provider: subject.provider,
                    model: subject.model,
                    owner: subject.owner,
                    hint: subject.hint,
                    sum: sum
                )
            }
    }

    private static func entry(_ rollup: RollupTable.Sum, _ desk: ChannelDesk) -> Entry {
        let name = desk.keyName(rollup.channel, rollup.channelKey)
        var sum = ClientReportTable.Sum()
        (sum.input, sum.output) = (rollup.input, rollup.output)
        (sum.requests, sum.failures) = (rollup.requests, rollup.failures)
        return Entry(
            period: rollup.period,
            provider: rollup.channel,
            model: rollup.model,
            owner: name.owner,
            hint: "***\(name.hint)",
            sum: sum
        )
    }

    /// Whose usage is shown; nil for everybody's.
    private static func visible(to call: Call, in tables: StoreTables) throws(StoreError) -> Set<AccountID>? {
        guard let actor = call.principal, actor.role < .owner else { return nil }
        guard actor.role == .admin else { return [actor.account.id] }
        var group = AccountTable.Selection()
        (group.group, group.limit) = (actor.account.group, 100_000)
        return Set(try tables.accounts.rows(group).rows.map(\.id))
    }

    private static func stats(_ call: Call) throws -> JSON {
        let granularity = call.query["granularity"] ?? call.query["period"] ?? "day"
        var rows: [[String]: ClientReportTable.Sum] = [:]
        for entry in try entries(call) where entry.sum.requests > 0 {
            let place = [
                label(entry.period, granularity), entry.provider, entry.owner, entry.hint, entry.model,
            ]
            rows[place, default: ClientReportTable.Sum()].add(entry.sum)
        }
        let sorted = rows.sorted { left, right in
            left.key[0] != right.key[0]
                ? left.key[0] > right.key[0] : left.key.lexicographicallyPrecedes(right.key)
        }
        let list = sorted.map { place, sum -> JSON in
            [
                "period": .string(place[0]), "provider": .string(place[1]), "modelId": .string(place[4]),
                "keyOwner": .string(place[2]), "keyHint": .string(place[3]), "promptTokens": JSON(sum.input),
                "completionTokens": JSON(sum.output), "requestCount": JSON(sum.requests),
            ]
        }
        return ["object": "list", "data": .array(list)]
    }

    private static func errors(_ call: Call) throws -> JSON {
        var rows: [[String]: ClientReportTable.Sum] = [:]
        for entry in try entries(call) {
            rows[[entry.provider, entry.owner, entry.hint], default: ClientReportTable.Sum()].add(entry.sum)
        }
        let list = rows.filter { $0.value.failures > 0 }.map { place, sum -> (rate: Double, json: JSON) in
            let rate = Double(sum.failures) / Double(max(sum.requests, 1))
            let json: JSON = [
                "provider": .string(place[0]), "keyOwner": .string(place[1]), "keyHint": .string(place[2]),
                "totalRequests": JSON(sum.requests), "errorCount": JSON(sum.failures),
                "errorRate": JSON(rate),
                "lastErrorCode": sum.lastStatus.map { JSON($0) } ?? .null,
            ]
            return (rate, json)
        }
        return ["object": "list", "data": .array(list.sorted { $0.rate > $1.rate }.map(\.json))]
    }

    private static func purge(_ call: Call) throws -> JSON {
        let actor = try call.actor
        guard actor.role >= .admin else { throw PoolRoute.Refusal(status: .forbidden, text: "Forbidden") }
        let removed = try call.change("keypool.purge", of: "group \(actor.account.group)") {
            tables throws(StoreError) in
            var group = AccountTable.Selection()
            (group.group, group.limit) = (actor.account.group, 100_000)
            return try tables.clientReports.remove(of: tables.accounts.rows(group).rows.map(\.id))
        }
        return ["ok": true, "freedBytes": JSON((removed ?? 0) * 200)]
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

extension ClientReportTable.Sum {
    fileprivate mutating func add(_ other: ClientReportTable.Sum) {
        input += other.input
        output += other.output
        requests += other.requests
        failures += other.failures
        lastStatus = other.lastStatus ?? lastStatus
    }
}
