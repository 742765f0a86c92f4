import HTTPTypes
import MartletAccounts
import MartletCore
import MartletStore
import MartletWeb

/// The API keys of whoever has signed in, at `/api/token`.
///
/// A key is shown when it is made, and never again.
enum KeyEndpoints {
    private static let id = Field<Int>.integer("id", 1...Int.max)
    private static let ids = Field<[Int]>.integers("ids")
    private static let name = Field<String>.text("name", atMost: 100)
    private static let status = Field<Int>.integer("status", 0...4)
    private static let quota = Field<Int>.integer("quota")
    private static let remaining = Field<Int>.integer("remain_quota")
    private static let unlimited = Field<Bool>.truth("unlimited_quota")
    private static let models = Field<String>.text("models", atMost: 20_000)
    private static let hasModelLimits = Field<Bool>.truth("model_limits_enabled")
    private static let modelLimits = Field<String>.text("model_limits", atMost: 20_000)
    private static let subnet = Field<String>.text("subnet", atMost: 4_000)
    private static let addresses = Field<String>.text("allow_ips", atMost: 4_000)
    private static let expiry = Field<Int>.integer("expired_time", -1...100_000_000_000)
    private static let expiryText = Field<String>.text("expired_at", atMost: 40)
    private static let group = Field<String>.text("group", atMost: 64)
    private static let requests = Field<Int>.integer("requests_per_minute", 0...1_000_000_000)
    private static let tokens = Field<Int>.integer("tokens_per_minute", 0...1_000_000_000)
    private static let concurrent = Field<Int>.integer("concurrent", 0...1_000_000)
    private static let daily = Field<Int>.integer("daily_quota")
    private static let monthly = Field<Int>.integer("monthly_quota")
    private static let tags = Field<String>.text("tags", atMost: 400)
    private static let hours = Field<Int>.integer("hours", 0...8_760)

    private static let members = [
        quota.listed, remaining.listed, unlimited.listed, models.listed, hasModelLimits.listed,
        modelLimits.listed,
        subnet.listed, addresses.listed, expiry.listed, expiryText.listed, group.listed, requests.listed,
        tokens.listed, concurrent.listed, daily.listed, monthly.listed, tags.listed,
    ]

    static let routes = [
        ConsoleRoute(
            .get,
            "/api/token",
            "The own keys: a plain list, or pages where 'p' or 'size' is given.",
            .user,
            query: Parameter.page,
            act: list
        ),
        ConsoleRoute(
            .get,
            "/api/token/search",
            "Own keys by a part of their name.",
            .user,
            query: Parameter.page + [Parameter.keyword],
            act: search
        ),
        ConsoleRoute(.get, "/api/token/{id}", "One of the own keys, without the key itself.", .user) { call in
            .data(KeyView.json(try own(try call.number(), in: call), now: call.console.now()))
        },
        ConsoleRoute(
            .post,
            "/api/token",
            "Makes a key, and shows it this once.",
            .user,
            fields: [name.listed.required] + members,
            act: create
        ),
        ConsoleRoute(
            .put,
            "/api/token",
            "Changes a key; with status_only=true its status alone.",
            .user,
            query: [(name: "status_only", schema: ["type": "string"])],
            fields: [id.listed.required, name.listed, status.listed] + members
        ) { call in try update(Int64(call.required(id)), in: call) },
        ConsoleRoute(
            .put,
            "/api/token/{id}",
            "Changes a key.",
            .user,
            fields: [name.listed, status.listed] + members
        ) { call in try update(try call.number(), in: call) },
        ConsoleRoute(
            .post,
            "/api/token/{id}/rotate",
            "Changes a key for a new one, shown this once; the old one works for so many hours more.",
            .user,
            fields: [hours.listed],
            act: rotate
        ),
        ConsoleRoute(.delete, "/api/token/{id}", "Revokes a key.", .user) { call in
            let row = try own(try call.number(), in: call)
            _ = try remove([row], in: call)
            return .done("Token deleted")
        },
        ConsoleRoute(
            .post,
            "/api/token/batch",
            "Revokes keys: how many.",
            .user,
            fields: [ids.listed.required]
        ) { call in
            let rows = try call.required(ids).compactMap { try? own(Int64($0), in: call) }
            return .data(JSON(try remove(rows, in: call)))
        },
    ]

    private static func list(_ call: Call) throws -> ConsoleRoute.Answer {
        let isPaged = ["p", "size", "page_size", "ps"].contains { call.query[$0] != nil }
        let page = try call.page()
        let account = try call.actor.account.id
        let found = try call.read { tables throws(StoreError) in
            try tables.keys.rows(
                of: account,
                offset: isPaged ? page.offset : 0,
                limit: isPaged ? page.size : 1_000
            )
        }
        let items = found.rows.map { KeyView.json($0, now: call.console.now()) }
        return .data(isPaged ? page.list(items, total: found.total) : .array(items))
    }

    private static func search(_ call: Call) throws -> ConsoleRoute.Answer {
        let page = try call.page()
        let (account, keyword) = (try call.actor.account.id, call.query["keyword"] ?? "")
        let found = try call.read { tables throws(StoreError) in
            try tables.keys.rows(of: account, keyword: keyword, offset: page.offset, limit: page.size)
        }
        return .data(
            page.list(found.rows.map { KeyView.json($0, now: call.console.now()) }, total: found.total)
        )
    }

    /// One of the own keys: another's is as if it were not there.
    private static func own(_ number: Int64, in call: Call) throws(GatewayError) -> ApiKeyTable.Row {
        let row = try call.read { tables throws(StoreError) in try tables.keys.row(KeyID(number)) }
        guard let row, row.status != .deleted, row.account == (try call.actor.account.id) else {
            throw Console.missing
        }
        return row
    }

    private static func create(_ call: Call) throws -> ConsoleRoute.Answer {
        var row = ApiKeyTable.Row(account: try call.actor.account.id)
        row.name = try call.line(name) ?? ""
        guard !row.name.isEmpty else {
            throw GatewayError(.invalidRequest, "'name' is required.", parameter: name.name)
        }
        row.balance = try fill(&row, in: call) ?? .zero
        let (made, now) = (row, call.console.now())
        let issued = try call.change("token.create", of: "token \(row.name)") { tables throws(StoreError) in
            try KeyIssue.issue(made, in: tables, now: now)
        }
        guard let issued else { throw GatewayError(.internalFailure, "The key could not be made.") }
        var shown = KeyView.json(made, now: now).objectValue ?? JSONObject()
        shown["id"] = JSON(Int(issued.id.value))
        shown["key"] = .string(issued.key.revealed)
        shown["key_available"] = true
        return .data(.object(shown))
    }

    private static func update(_ number: Int64, in call: Call) throws -> ConsoleRoute.Answer {
        var planned = try own(number, in: call)
        _ = try edit(&planned, in: call)
        let changed = try call.change("token.update", of: "token \(number)", "\(planned.status)") {
            tables throws(StoreError) -> ApiKeyTable.Row? in
            var granted = Credits.zero
            let row = try tables.keys.change(planned.id) { row throws(StoreError) in
                // It was sound a moment ago, on the same body.
                guard let balance = try? edit(&row, in: call) else { return }
                // What requests have spent meanwhile stays spent: the difference to what was there is granted.
                granted = balance - row.balance
            }
            if row != nil { try tables.ledger.grant(granted, to: planned.id) }
            return row
        }
        guard changed != nil else { throw Console.missing }
        return .data(KeyView.json(try own(number, in: call), now: call.console.now()))
    }

    /// Puts what the body of a change says into a row.
    ///
    /// - Returns: what the key shall have left; nil where nothing is said of it.
    private static func edit(_ row: inout ApiKeyTable.Row, in call: Call) throws -> Credits? {
        if let wanted = try call.value(status) { row.status = wanted == 1 ? .enabled : .disabled }
        guard call.query["status_only"] == nil else { return nil }
        row.name = try call.line(name) ?? row.name
        return try fill(&row, in: call)
    }

    /// Puts the limits that the body says into a row.
    ///
    /// - Returns: what the key shall have left; nil where nothing is said of it.
    private static func fill(_ row: inout ApiKeyTable.Row, in call: Call) throws -> Credits? {
        var left = try call.value(remaining).map { Credits(quota: Int64($0)) }
        if let total = try call.value(quota) {
            // In the older vocabulary this is all that it may ever spend, and 0 is no limit.
            row.isUnlimited = total == 0
            left = left ?? Credits(quota: Int64(total)) - row.used
        } else if left != nil {
            row.isUnlimited = false
        }
        row.isUnlimited = try call.value(unlimited) ?? row.isUnlimited
        try fillModels(&row, in: call)
        if let text = try call.value(subnet) ?? call.value(addresses) {
            row.limits.networks = try networks(text)
        }
        row.limits.expires = try expires(in: call) ?? row.limits.expires
        row.limits.requestsPerMinute = try call.value(requests) ?? row.limits.requestsPerMinute
        row.limits.tokensPerMinute = try call.value(tokens) ?? row.limits.tokensPerMinute
        row.limits.concurrent = try call.value(concurrent) ?? row.limits.concurrent
        if let quota = try call.value(daily) { row.limits.dailyBudget = Credits(quota: Int64(quota)) }
        if let quota = try call.value(monthly) { row.limits.monthlyBudget = Credits(quota: Int64(quota)) }
        if let text = try call.line(tags) { row.tags = words(text) }
        row.group = try chosenGroup(in: call) ?? row.group
        return row.isUnlimited ? nil : left
    }

    private static func fillModels(_ row: inout ApiKeyTable.Row, in call: Call) throws {
        var text = try call.value(models) ?? call.value(modelLimits)
        if try call.value(hasModelLimits) == false { text = "" }
        guard let text else { return }
        do throws(AccountFault) {
            row.limits.models = try AccountRules.models(limiting(text, models.name))
        } catch {
            throw GatewayError(error)
        }
    }

    /// The group that the key shall count as: the account's own, or any where an administrator asks.
    private static func chosenGroup(in call: Call) throws -> String? {
        guard let wanted = try call.value(group) else { return nil }
        let actor = try call.actor
        if wanted.isEmpty || wanted == actor.account.group { return "" }
        guard actor.role >= .admin else {
            throw GatewayError(.forbidden, "Only an administrator may choose another group for a key.")
        }
        do throws(AccountFault) {
            return try AccountRules.group(wanted)
        } catch {
            throw GatewayError(error)
        }
    }

    private static func networks(_ text: String) throws(GatewayError) -> [String] {
        let networks: [String]
        do throws(AccountFault) {
            networks = try limiting(text, addresses.name)
        } catch {
            throw GatewayError(error)
        }
        for network in networks where AddressRange(network) == nil {
            throw GatewayError(
                .invalidRequest,
                "'\(network.prefix(60))' is neither an address nor a network.",
                parameter: addresses.name
            )
        }
        return networks
    }

    private static func expires(in call: Call) throws -> Int? {
        if let seconds = try call.value(expiry) { return max(0, seconds) }
        guard try call.body()[expiryText.name] != nil else { return nil }
        guard let text = try call.value(expiryText), !text.isEmpty else { return 0 }
        guard let seconds = CivilTime.seconds(text), seconds > 0 else {
            throw GatewayError(
                .invalidRequest,
                "'expired_at' must be a date or a time in RFC 3339.",
                parameter: expiryText.name
            )
        }
        return seconds
    }

    /// Words of a list that limits: separators alone would limit nothing, and are a mistake.
    private static func limiting(_ text: String, _ field: String) throws(AccountFault) -> [String] {
        let words = words(text)
        guard !words.isEmpty || text.isEmpty else {
            throw AccountFault(field: field, problem: "'\(field)' holds no word")
        }
        return words
    }

    private static func words(_ text: String) -> [String] {
        text.split { $0 == "," || $0.isWhitespace }.map(String.init)
    }

    private static func rotate(_ call: Call) throws -> ConsoleRoute.Answer {
        let row = try own(try call.number(), in: call)
        let overlap = try call.value(hours).map { $0 * 3_600 } ?? KeyIssue.overlap
        let now = call.console.now()
        let key = try call.change("token.rotate", of: "token \(row.id.value)") { tables throws(StoreError) in
            try KeyIssue.rotate(row, overlap: overlap, in: tables, now: now)
        }
        guard let key else { throw Console.missing }
        return .data(["id": JSON(Int(row.id.value)), "key": .string(key.revealed)])
    }

    private static func remove(_ rows: [ApiKeyTable.Row], in call: Call) throws(GatewayError) -> Int {
        let names = rows.map { "\($0.id.value)" }.joined(separator: " ")
        let removed = try call.change("token.delete", of: "token \(names)") {
            tables throws(StoreError) -> Int? in
            for row in rows {
                try tables.keys.change(row.id) { row throws(StoreError) in row.status = .deleted }
            }
            return rows.isEmpty ? nil : rows.count
        }
        return removed ?? 0
    }
}
