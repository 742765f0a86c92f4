import HTTPTypes
import MartletAccounts
import MartletCore
import MartletStore
import MartletWeb

/// `/api/log` and `/api/data`: what was used, request by request and added up.
enum UsageEndpoints {
    private static let filters: [(name: String, schema: JSON)] =
        Parameter.page + Parameter.time + [
            (name: "model_name", schema: ["type": "string"]), (name: "channel", schema: ["type": "string"]),
            (name: "username", schema: ["type": "string"]), (name: "token_id", schema: ["type": "integer"]),
            (name: "request_id", schema: ["type": "string"]), (name: "before", schema: ["type": "integer"]),
        ]
    private static let grain: (name: String, schema: JSON) = (
        "default_time", ["type": "string", "enum": ["hour", "day", "week"]]
    )

    static let routes = [
        ConsoleRoute(.get, "/api/log", "Requests of everybody, newest first.", .admin, query: filters) {
            call in
            try logs(call, own: false)
        },
        ConsoleRoute(.get, "/api/log/self", "Own requests, newest first.", .user, query: filters) { call in
            try logs(call, own: true)
        },
        ConsoleRoute(.get, "/api/log/stat", "What requests of everybody took.", .admin, query: filters) {
            call in
            try sums(call, own: false)
        },
        ConsoleRoute(.get, "/api/log/self/stat", "What own requests took.", .user, query: filters) { call in
            try sums(call, own: true)
        },
        ConsoleRoute(
            .get,
            "/api/log/export",
            "Requests as CSV or JSON lines: at most 10,000, from 'before' on.",
            .admin,
            query: filters + [(name: "format", schema: ["type": "string", "enum": ["csv", "jsonl"]])],
            act: export
        ),
        ConsoleRoute(
            .get,
            "/api/data",
            "What everybody used, by hour or day, account and model.",
            .admin,
            query: Parameter.time + [grain, (name: "username", schema: ["type": "string"])]
        ) { call in try data(call, own: false) },
        ConsoleRoute(
            .get,
            "/api/data/self",
            "The same of the own account.",
            .user,
            query: Parameter.time + [grain]
        ) { call in try data(call, own: true) },
    ]

    private static func selection(_ call: Call, own: Bool) throws(GatewayError) -> UsageTable.Selection? {
        try call.gatherUsage()
        var selection = UsageTable.Selection()
        let query = call.query
        let latest = 100_000_000_000
        selection.from = (try query.integer("start_timestamp", in: 0...latest) ?? 0) * 1_000
        let end = try query.integer("end_timestamp", in: 0...latest) ?? 0
        selection.to = end == 0 ? .max : (end + 1) * 1_000
        selection.model = query["model_name"] ?? ""
        selection.channel = query["channel"] ?? ""
        selection.request = query["request_id"] ?? ""
        selection.key = try query.integer("token_id", in: 0...Int.max).map { KeyID(Int64($0)) }
        if let before = try query.integer("before", in: 0...Int.max) { selection.before = Int64(before) }
        if own {
            selection.account = try call.actor.account.id
        } else if let name = query["username"], !name.isEmpty {
            let row = try call.read { tables throws(StoreError) in try tables.accounts.row(named: name) }
            guard let row else { return nil }
            selection.account = row.id
        }
        return selection
    }

    private static func logs(_ call: Call, own: Bool) throws -> ConsoleRoute.Answer {
        let page = try call.page()
        guard var selection = try selection(call, own: own) else { return .data(page.list([], total: 0)) }
        (selection.offset, selection.limit) = (page.offset, page.size)
        let wanted = selection
        let (rows, total, names) = try call.read { tables throws(StoreError) in
            let rows = try tables.usage.rows(wanted)
            return (rows, try tables.usage.count(wanted), try Names(of: rows, in: tables))
        }
        return .data(page.list(rows.map { json($0, names, showsChannel: !own) }, total: total))
    }

    /// Names of accounts and keys that some rows have.
    private struct Names {
        var accounts: [AccountID: String] = [:]
        var keys: [KeyID: String] = [:]

        init(of rows: [UsageTable.Row], in tables: StoreTables) throws(StoreError) {
            for row in rows {
                if row.account != .none, accounts[row.account] == nil {
                    accounts[row.account] = try tables.accounts.row(row.account)?.username ?? ""
                }
                if row.key != .none, keys[row.key] == nil {
                    keys[row.key] = try tables.keys.row(row.key)?.name ?? ""
                }
            }
        }
    }

    private static func json(_ row: UsageTable.Row, _ names: Names, showsChannel: Bool) -> JSON {
        let usage = row.usage
        let other: JSON = [
            "cache_tokens": JSON(usage.cachedInput.value),
            "cache_creation_tokens": JSON(usage.cacheWrite.value),
            "cache_creation_tokens_1h": JSON(usage.hourCacheWrite.value),
            "reasoning_tokens": JSON(usage.reasoning.value), "frt": row.firstByte.map { JSON($0) } ?? .null,
            "upstream_model_name": .string(row.upstreamModel),
            "is_model_mapped": .bool(row.model != row.upstreamModel),
            "request_path": .string("/v1/\(row.endpoint)"), "estimated": .bool(row.isEstimated),
            "unpriced": .bool(row.isUnpriced), "attempts": JSON(row.attempts),
        ]
        var object: JSONObject = [
            "id": JSON(Int(row.id)), "created_at": JSON(row.time / 1_000),
            "type": JSON(row.isFailure ? 5 : 2),
            "user_id": JSON(Int(row.account.value)), "username": .string(names.accounts[row.account] ?? ""),
            "token_id": JSON(Int(row.key.value)), "token_name": .string(names.keys[row.key] ?? ""),
            "model": .string(row.model), "model_name": .string(row.model), "quota": JSON(Int(row.cost.quota)),
            "cost_usd": .number(JSONNumber(row.cost)), "prompt_tokens": JSON(usage.input.value),
            "completion_tokens": JSON(usage.output.value), "is_stream": .bool(row.isStreamed),
            "use_time": JSON((row.duration + 500) / 1_000), "duration_ms": JSON(row.duration),
            "request_id": .string(row.request), "code": .string(row.outcome), "ip": .string(row.address),
            "content": "", "other": .string(String(decoding: other.serialized(), as: UTF8.self)),
        ]
        if showsChannel {
            object["channel"] = .string(row.channel)
            object["channel_name"] = .string(row.channel)
        }
        return .object(object)
    }

    private static func sums(_ call: Call, own: Bool) throws -> ConsoleRoute.Answer {
        var (requests, input, output, cost) = (0, 0, 0, Credits.zero)
        var recent = (requests: 0, tokens: 0)
        if let selection = try selection(call, own: own) {
            let now = call.console.now()
            let (all, minute) = try call.read { tables throws(StoreError) in
                (
                    try tables.rollups.sums(rollup(.hour, selection, now: now)),
                    try tables.rollups.sums(lastMinute(selection, now: now))
                )
            }
            for sum in all where selection.model.isEmpty || sum.model == selection.model {
                requests += sum.requests + sum.failures
                (input, output, cost) = (input + sum.input, output + sum.output, cost + sum.cost)
            }
            for sum in minute {
                recent = (recent.requests + sum.requests, recent.tokens + sum.input + sum.output)
            }
        }
        return .data([
            "quota": JSON(Int(cost.quota)), "rpm": JSON(recent.requests), "tpm": JSON(recent.tokens),
            "total_count": JSON(requests), "total_prompt_tokens": JSON(input),
            "total_completion_tokens": JSON(output), "total_quota": JSON(Int(cost.quota)),
            "cost_usd": .number(JSONNumber(cost)),
        ])
    }

    private static func rollup(
        _ grain: RollupTable.Grain,
        _ selection: UsageTable.Selection,
        now: Int
    ) -> RollupTable.Selection {
        let start = selection.from / 1_000
        // Hours are not kept for ever; days are.
        let grain: RollupTable.Grain = start < now - 60 * 86_400 ? .day : grain
        var rollup = RollupTable.Selection(
            grain,
            from: start - start % grain.seconds,
            to: min(selection.to / 1_000, now + 86_400)
        )
        (rollup.account, rollup.key) = (selection.account, selection.key)
        (rollup.isByPeriod, rollup.dimensions) = (false, [.model])
        return rollup
    }

    private static func lastMinute(_ selection: UsageTable.Selection, now: Int) -> RollupTable.Selection {
        var rollup = RollupTable.Selection(.minute, from: now - 60 - now % 60, to: now + 60)
        (rollup.account, rollup.key, rollup.isByPeriod) = (selection.account, selection.key, false)
        return rollup
    }

    private static func data(_ call: Call, own: Bool) throws -> ConsoleRoute.Answer {
        let now = call.console.now()
        guard var selection = try selection(call, own: own) else { return .data([]) }
        if selection.from == 0 { selection.from = (now - 30 * 86_400) * 1_000 }
        let step = call.query["default_time"] ?? "day"
        guard ["hour", "day", "week"].contains(step) else {
            throw GatewayError(
                .invalidRequest,
                "'default_time' must be hour, day or week.",
                parameter: "default_time"
            )
        }
        var rollup = rollup(step == "hour" ? .hour : .day, selection, now: now)
        (rollup.isByPeriod, rollup.dimensions) = (true, [.account, .model])
        let wanted = rollup
        let (sums, names) = try call.read { tables throws(StoreError) in
            let sums = try tables.rollups.sums(wanted)
            var names: [AccountID: String] = [:]
            for sum in sums where names[sum.account] == nil {
                names[sum.account] = try tables.accounts.row(sum.account)?.username ?? ""
            }
            return (sums, names)
        }
        return .data(
            .array(
                sums.map { sum in
                    [
                        "user_id": JSON(Int(sum.account.value)),
                        "username": .string(names[sum.account] ?? ""),
                        "model_name": .string(sum.model), "created_at": JSON(sum.period),
                        "token_used": JSON(sum.input + sum.output), "count": JSON(sum.requests),
                        "quota": JSON(Int(sum.cost.quota)),
                    ]
                }
            )
        )
    }

    private static func export(_ call: Call) throws -> ConsoleRoute.Answer {
        let form = call.query["format"] ?? "csv"
        guard form == "csv" || form == "jsonl" else {
            throw GatewayError(.invalidRequest, "'format' must be csv or jsonl.", parameter: "format")
        }
        guard var selection = try selection(call, own: false) else { return .text([], type: "text/csv") }
        selection.limit = 10_000
        let wanted = selection
        let rows = try call.read { tables throws(StoreError) in try tables.usage.rows(wanted) }
        return form == "csv"
            ? .text(UsageExport.csv(rows), type: "text/csv; charset=utf-8")
            : .text(UsageExport.lines(rows), type: "application/jsonl")
    }
}
