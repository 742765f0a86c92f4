import HTTPTypes
import MartletAccounts
import MartletCore
import MartletStore
import MartletWeb

/// Accounts of others, for administrators: each manages those below the own role.
enum AccountEndpoints {
    private static let id = Field<Int>.integer("id", 1...Int.max)
    private static let username = Field<String>.text("username", atMost: 64)
    private static let password = Field<String>.text("password", atMost: 256)
    private static let displayName = Field<String>.text("display_name", atMost: 100)
    private static let email = Field<String>.text("email", atMost: 254)
    private static let group = Field<String>.text("group", atMost: 64)
    private static let role = Field<Int>.integer("role", 1...100)
    private static let quota = Field<Int>.integer("quota")
    private static let unlimited = Field<Bool>.truth("unlimited_quota")
    private static let action = Field<String>.text("action", atMost: 20)
    private static let value = Field<Int>.integer("value", -1_000_000_000_000...1_000_000_000_000)

    private static let search: [(name: String, schema: JSON)] =
        Parameter.page + [
            Parameter.keyword, (name: "group", schema: ["type": "string"]),
        ]

    static let routes = [
        ConsoleRoute(.get, "/api/user", "The accounts.", .admin, query: search, act: list),
        ConsoleRoute(
            .get,
            "/api/user/search",
            "Accounts by a part of their name.",
            .admin,
            query: search,
            act: list
        ),
        ConsoleRoute(.get, "/api/user/{id}", "One account.", .admin) { call in
            .data(.object(AccountView.object(try account(try call.number(), in: call))))
        },
        ConsoleRoute(
            .post,
            "/api/user",
            "Makes an account.",
            .admin,
            fields: [
                username.listed.required, password.listed.required, displayName.listed, email.listed,
                group.listed,
                role.listed, quota.listed, unlimited.listed,
            ],
            act: create
        ),
        ConsoleRoute(
            .put,
            "/api/user",
            "Changes an account; a new password or a lower role ends its sessions.",
            .admin,
            fields: [
                id.listed.required, password.listed, displayName.listed, email.listed, group.listed,
                role.listed,
                quota.listed, unlimited.listed,
            ],
            act: update
        ),
        ConsoleRoute(
            .post,
            "/api/user/manage",
            "Does one thing: promote, demote, enable, disable, delete; or sets status, role or quota to 'value'.",
            .admin,
            fields: [id.listed.required, action.listed.required, value.listed],
            act: manage
        ),
        ConsoleRoute(.delete, "/api/user/{id}", "Ends an account and its keys; the books keep it.", .admin) {
            call in
            let row = try subject(try call.number(), in: call)
            return .data(.object(AccountView.object(try apply("delete", value: nil, to: row, in: call))))
        },
    ]

    private static func list(_ call: Call) throws -> ConsoleRoute.Answer {
        let page = try call.page()
        var selection = AccountTable.Selection()
        selection.keyword = call.query["keyword"] ?? ""
        selection.group = call.query["group"] ?? ""
        (selection.offset, selection.limit) = (page.offset, page.size)
        let wanted = selection
        let found = try call.read { tables throws(StoreError) in try tables.accounts.rows(wanted) }
        return .data(page.list(found.rows.map { .object(AccountView.object($0)) }, total: found.total))
    }

    private static func account(_ number: Int64, in call: Call) throws(GatewayError) -> AccountTable.Row {
        let row = try call.read { tables throws(StoreError) in try tables.accounts.row(AccountID(number)) }
        guard let row, row.status != .deleted else { throw Console.missing }
        return row
    }

    /// An account that whoever asks may change.
    private static func subject(_ number: Int64, in call: Call) throws(GatewayError) -> AccountTable.Row {
        let row = try account(number, in: call)
        let actor = try call.actor
        guard actor.account.id != row.id else { throw Console.refused("This is your own account.") }
        guard actor.role.mayManage(row.role) else {
            throw Console.refused("Accounts of this role are not yours to change.")
        }
        return row
    }

    private static func grantable(_ number: Int, in call: Call) throws(GatewayError) -> Role {
        guard let role = Role(rawValue: number) else {
            throw GatewayError(.invalidRequest, "'role' must be 1, 10 or 100.", parameter: "role")
        }
        guard try call.actor.role.mayGrant(role) else {
            throw Console.refused("This role is not yours to give.")
        }
        return role
    }

    private static func create(_ call: Call) throws -> ConsoleRoute.Answer {
        var row = try AccountMaking.row(name: call.required(username), password: call.required(password))
        row.role = try grantable(call.value(role) ?? Role.user.rawValue, in: call)
        try fill(&row, in: call)
        row.balance = Credits(quota: Int64(try call.value(quota) ?? 0))
        row.created = call.console.now()
        let made = row
        let id = try call.change("account.create", of: "account \(row.username)", "role \(row.role.word)") {
            tables throws(StoreError) in try tables.accounts.add(made)
        }
        guard let id else {
            throw GatewayError(.conflict, "Username already exists", parameter: username.name)
        }
        row.id = id
        return .data(.object(AccountView.object(row)))
    }

    private static func fill(_ row: inout AccountTable.Row, in call: Call) throws {
        row.displayName = try call.line(displayName) ?? row.displayName
        row.email = try call.line(email) ?? row.email
        row.isUnlimited = try call.value(unlimited) ?? row.isUnlimited
        if let name = try call.value(group), !name.isEmpty {
            do throws(AccountFault) {
                row.group = try AccountRules.group(name)
            } catch {
                throw GatewayError(error)
            }
        }
    }

    private static func update(_ call: Call) throws -> ConsoleRoute.Answer {
        var row = try subject(Int64(call.required(id)), in: call)
        let before = row
        try fill(&row, in: call)
        if let number = try call.value(role) { row.role = try grantable(number, in: call) }
        if let new = try call.value(password), !new.isEmpty {
            row.password = try AccountMaking.row(name: row.username, password: new).password
            row.sessionVersion += 1
        }
        let balance = try call.value(quota).map { Credits(quota: Int64($0)) }
        return .data(
            .object(AccountView.object(try put(row, insteadOf: before, balance, "account.update", in: call)))
        )
    }

    private static func manage(_ call: Call) throws -> ConsoleRoute.Answer {
        let row = try subject(Int64(call.required(id)), in: call)
        let changed = try apply(call.required(action), value: call.value(value), to: row, in: call)
        return .data(["status": JSON(changed.status.rawValue), "role": JSON(changed.role.rawValue)])
    }

    private static func apply(
        _ action: String,
        value: Int?,
        to before: AccountTable.Row,
        in call: Call
    ) throws -> AccountTable.Row {
        var row = before
        var balance: Credits?
        switch (action, value) {
        case ("promote", _): row.role = try grantable(Role.admin.rawValue, in: call)
        case ("demote", _): row.role = .user
        case ("enable", _), ("status", 1?): row.status = .enabled
        case ("disable", _), ("status", 0?), ("status", 2?): row.status = .disabled
        case ("delete", _): (row.status, row.password) = (.deleted, "")
        case ("role", let number?): row.role = try grantable(number, in: call)
        case ("quota", let number?): balance = Credits(quota: Int64(number))
        default:
            throw GatewayError(
                .invalidRequest,
                "Unknown action, or its 'value' is missing.",
                parameter: "action"
            )
        }
        return try put(row, insteadOf: before, balance, "account.\(action)", in: call)
    }

    /// Puts a changed account in its place, with a balance where one is set; the last owner stays one.
    private static func put(
        _ row: AccountTable.Row,
        insteadOf before: AccountTable.Row,
        _ balance: Credits?,
        _ act: String,
        in call: Call
    ) throws(GatewayError) -> AccountTable.Row {
        var row = row
        if row.role < before.role || row.status != .enabled { row.sessionVersion = before.sessionVersion + 1 }
        let changed = row
        let losesOwner =
            before.role == .owner && before.status == .enabled
            && (row.role != .owner || row.status != .enabled)
        let detail =
            "role \(row.role.word), \(row.status)" + (balance.map { ", \($0.dollars) dollars" } ?? "")
        let isDone = try call.change(act, of: "account \(row.username)", detail) {
            tables throws(StoreError) -> Bool? in
            if losesOwner, try tables.accounts.owners() < 2 { return nil }
            try tables.accounts.update(changed)
            if let balance, let now = try tables.accounts.row(changed.id) {
                // What requests have spent meanwhile stays spent: the difference to what was there is granted.
                try tables.ledger.grant(balance - now.balance, to: changed.id)
            }
            return true
        }
        guard isDone != nil else { throw Console.refused("This is the only owner.") }
        return try call.read { tables throws(StoreError) in try tables.accounts.row(changed.id) } ?? changed
    }
}
