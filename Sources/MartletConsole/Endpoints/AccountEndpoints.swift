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
        let before = try subject(Int64(call.required(id)), in: call)
        let granted = try call.value(role).map { number in try grantable(number, in: call) }
        var hash: String?
        if let new = try call.value(password), !new.isEmpty {
            hash = try AccountMaking.row(name: before.username, password: new).password
        }
        let password = hash
        let balance = try call.value(quota).map { Credits(quota: Int64($0)) }
        let changed = try change(before, balance, "account.update", in: call) { row in
            try fill(&row, in: call)
            row.role = granted ?? row.role
            guard let password else { return }
            row.password = password
            row.sessionVersion += 1
        }
        return .data(.object(AccountView.object(changed)))
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
        var balance: Credits?
        var role: Role?
        var status: AccountTable.Status?
        switch (action, value) {
        case ("promote", _): role = try grantable(Role.admin.rawValue, in: call)
        case ("demote", _): role = .user
        case ("enable", _), ("status", 1?): status = .enabled
        case ("disable", _), ("status", 0?), ("status", 2?): status = .disabled
        case ("delete", _): status = .deleted
        case ("role", let number?): role = try grantable(number, in: call)
        case ("quota", let number?): balance = Credits(quota: Int64(number))
        default:
            throw GatewayError(
                .invalidRequest,
                "Unknown action, or its 'value' is missing.",
                parameter: "action"
            )
        }
        return try change(before, balance, "account.\(action)", in: call) { row in
            row.role = role ?? row.role
            row.status = status ?? row.status
        }
    }

    /// Changes an account as it is by then, with a balance where one is set; the last owner stays one.
    ///
    /// - Parameters:
    ///   - seen: the account, of whose role the right to change it was judged.
    ///   - balance: what it shall have left.
    ///   - act: for the record.
    ///   - call: the request.
    ///   - edit: what changes; asked once to see whether it is sound, and once more inside the transaction.
    /// - Returns: what has become of it.
    /// - Throws: `GatewayError` where it may not be, or where it is gone; what `edit` throws.
    private static func change(
        _ seen: AccountTable.Row,
        _ balance: Credits?,
        _ act: String,
        in call: Call,
        _ edit: (inout AccountTable.Row) throws -> Void
    ) throws -> AccountTable.Row {
        var planned = seen
        try edit(&planned)
        let detail =
            "role \(planned.role.word), \(planned.status)" + (balance.map { ", \($0.dollars) dollars" } ?? "")
        var refusal = Console.missing
        let changed = try call.change(act, of: "account \(seen.username)", detail) {
            tables throws(StoreError) -> AccountTable.Row? in
            guard let before = try tables.accounts.row(seen.id), before.status != .deleted else { return nil }
            guard before.role == seen.role else {
                // Whether it may be changed was judged by another role.
                refusal = Console.refused("The account's role has just been changed: look again.")
                return nil
            }
            let losesOwner =
                before.role == .owner && before.status == .enabled
                && (planned.role != .owner || planned.status != .enabled)
            if losesOwner, try tables.accounts.owners() < 2 {
                refusal = Console.refused("This is the only owner.")
                return nil
            }
            if planned.status == .deleted {
                try tables.accounts.end(seen.id)
            } else {
                try tables.accounts.change(seen.id) { row throws(StoreError) in
                    // It was sound a moment ago, on the same body.
                    try? edit(&row)
                    if row.role < before.role || row.status != .enabled { row.sessionVersion += 1 }
                }
            }
            if let balance {
                // What requests have spent meanwhile stays spent: the difference to what was there is granted.
                try tables.ledger.grant(balance - before.balance, to: seen.id)
            }
            return try tables.accounts.row(seen.id)
        }
        guard let changed else { throw refusal }
        return changed
    }
}
