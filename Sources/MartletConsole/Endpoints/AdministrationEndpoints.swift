import HTTPTypes
import MartletAccounts
import MartletCore
import MartletStore
import MartletWeb

/// Groups, codes that give money, and the list of who has changed what.
enum AdministrationEndpoints {
    private static let name = Field<String>.text("name", atMost: 64)
    private static let title = Field<String>.text("title", atMost: 100)
    private static let ratio = Field<String>.text("ratio", atMost: 20)
    private static let label = Field<String>.text("name", atMost: 100)
    private static let quota = Field<Int>.integer("quota", 1...1_000_000_000_000)
    private static let count = Field<Int>.integer("count", 1...100)
    private static let expiry = Field<Int>.integer("expired_time", 0...100_000_000_000)

    static let routes = [
        ConsoleRoute(.get, "/api/group", "The names of the groups.", .admin) { call in
            let groups = try call.read { tables throws(StoreError) in try tables.groups.all() }
            return .data(.array(groups.map { .string($0.name) }))
        },
        ConsoleRoute(
            .put,
            "/api/group",
            "Makes a group, or changes what it pays: 'ratio' 1 is the price itself, as a text such as \"0.8\".",
            .owner,
            fields: [name.listed.required, title.listed, ratio.listed],
            act: putGroup
        ),
        ConsoleRoute(.delete, "/api/group/{name}", "Deletes a group that nobody is in.", .owner) { call in
            let group = call.request.pathValues["name"] ?? ""
            let isDone = try call.change("group.delete", of: "group \(group)") {
                tables throws(StoreError) -> Bool? in
                try tables.groups.remove(group) ? true : nil
            }
            guard isDone != nil else { throw Console.missing }
            return .done("Deleted.")
        },
        ConsoleRoute(.get, "/api/redemption", "Codes that give money.", .admin, query: Parameter.page) {
            call in
            let page = try call.page()
            let found = try call.read { tables throws(StoreError) in
                try tables.redemptions.rows(offset: page.offset, limit: page.size)
            }
            return .data(page.list(found.rows.map(json), total: found.total))
        },
        ConsoleRoute(
            .post,
            "/api/redemption",
            "Makes codes, and shows them this once.",
            .admin,
            fields: [label.listed.required, quota.listed.required, count.listed, expiry.listed],
            act: createCodes
        ),
        ConsoleRoute(.delete, "/api/redemption/{id}", "Deletes a code.", .admin) { call in
            let number = try call.number()
            let isDone = try call.change("redemption.delete", of: "redemption \(number)") {
                tables throws(StoreError) -> Bool? in try tables.redemptions.remove(number) ? true : nil
            }
            guard isDone != nil else { throw Console.missing }
            return .done("Deleted.")
        },
        ConsoleRoute(.get, "/api/audit", "Who has changed what, newest first.", .admin, query: Parameter.page)
        { call in
            let page = try call.page()
            let found = try call.read { tables throws(StoreError) in
                try tables.audit.rows(offset: page.offset, limit: page.size)
            }
            return .data(page.list(found.rows.map(json), total: found.total))
        },
    ]

    private static func putGroup(_ call: Call) throws -> ConsoleRoute.Answer {
        let (wanted, title) = (try call.required(name), try call.line(title))
        do throws(AccountFault) {
            _ = try AccountRules.group(wanted)
        } catch {
            throw GatewayError(error)
        }
        var millionths: Int?
        if let text = try call.value(ratio) {
            // The same digits as money: millionths of the price.
            guard let share = Credits(dollars: text), (0...1_000_000_000_000).contains(share.nano) else {
                throw GatewayError(
                    .invalidRequest,
                    "'ratio' must be a number from 0 to 1000.",
                    parameter: ratio.name
                )
            }
            millionths = Int(share.nano / 1_000)
        }
        let (ratio, now) = (millionths, call.console.now())
        let detail = ratio.map { "ratio \($0) millionths" } ?? "title"
        _ = try call.change("group.update", of: "group \(wanted)", detail) { tables throws(StoreError) in
            try tables.groups.put(wanted, title: title, ratio: ratio, now: now)
        }
        return .done("Saved.")
    }

    private static func createCodes(_ call: Call) throws -> ConsoleRoute.Answer {
        let number = try call.value(count) ?? 1
        let amount = Credits(quota: Int64(try call.required(quota)))
        var row = RedemptionTable.Row(
            hint: "",
            name: try call.line(label) ?? "",
            amount: amount,
            created: call.console.now()
        )
        row.expires = try call.value(expiry) ?? 0
        let codes = (0..<number).map { _ in RandomText.alphanumeric(RedemptionTable.codeLength) }
        let wanted = row
        _ = try call.change(
            "redemption.create",
            of: "redemption \(row.name)",
            "\(number) of \(amount.dollars) dollars"
        ) {
            tables throws(StoreError) in
            for code in codes { try tables.redemptions.add(wanted, code: code) }
            return true
        }
        return .data(.array(codes.map { .string($0) }))
    }

    private static func json(_ row: RedemptionTable.Row) -> JSON {
        [
            "id": JSON(Int(row.id)), "name": .string(row.name), "key": .string(row.hint),
            "quota": JSON(Int(row.amount.quota)), "status": JSON(row.status.rawValue),
            "created_time": JSON(row.created), "expired_time": JSON(row.expires),
            "redeemed_time": JSON(row.redeemed), "used_user_id": JSON(Int(row.account.value)),
        ]
    }

    private static func json(_ row: AuditTable.Row) -> JSON {
        [
            "id": JSON(Int(row.id)), "created_at": JSON(row.time), "actor_id": JSON(Int(row.actor.value)),
            "actor": .string(row.name), "action": .string(row.action), "target": .string(row.target),
            "detail": .string(row.detail), "ip": .string(row.address),
        ]
    }
}
