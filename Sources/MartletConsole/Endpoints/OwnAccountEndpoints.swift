import HTTPTypes
import MartletAccounts
import MartletCore
import MartletStore
import MartletWeb

/// What everybody may do with the own account.
enum OwnAccountEndpoints {
    private static let displayName = Field<String>.text("display_name", atMost: 100)
    private static let email = Field<String>.text("email", atMost: 254)
    private static let password = Field<String>.text("password", atMost: 256)
    private static let current = Field<String>.text("current_password", atMost: 256)
    private static let original = Field<String>.text("original_password", atMost: 256)
    private static let modules = Field<String>.text("sidebar_modules", atMost: 10_000)
    private static let code = Field<String>.text("key", atMost: 100)

    static let routes = [
        ConsoleRoute(.get, "/api/user/self", "The own account.", .user) { call in
            .data(.object(AccountView.object(try call.actor.account)))
        },
        ConsoleRoute(
            .put,
            "/api/user/self",
            "Changes the own account; a new password ends all other sessions.",
            .user,
            fields: [displayName.listed, email.listed, password.listed, current.listed, original.listed],
            act: update
        ),
        ConsoleRoute(
            .put,
            "/api/user/setting",
            "What a console keeps for its user.",
            .user,
            fields: [modules.listed]
        ) { call in
            let account = try call.actor.account
            guard let setting = try call.value(modules) else { return .done("Saved.") }
            _ = try call.change("account.setting", of: "account \(account.username)") {
                tables throws(StoreError) in
                try tables.accounts.change(account.id) { row throws(StoreError) in row.setting = setting }
            }
            return .done("Saved.")
        },
        ConsoleRoute(.get, "/api/user/models", "The names of models that may be used.", .user) { call in
            .data(.array(call.console.models().map { .string($0) }))
        },
        ConsoleRoute(.get, "/api/user/self/groups", "The own group, and what it pays.", .user, act: groups),
        ConsoleRoute(.get, "/api/user/aff", "The code to invite others with; nobody pays for it.", .user) {
            call in
            .data(.string("aff_\(try call.actor.account.id.value)"))
        },
        ConsoleRoute(
            .post,
            "/api/user/topup",
            "Redeems a code: what it gave, in quota units.",
            .user,
            fields: [code.listed.required],
            act: redeem
        ),
    ]

    private static func groups(_ call: Call) throws -> ConsoleRoute.Answer {
        let own = try call.actor.account.group
        let all = try call.read { tables throws(StoreError) in try tables.groups.all() }
        let row = all.first { $0.name == own } ?? GroupTable.Row(name: own)
        return .data([
            own: [
                "desc": .string(row.title.isEmpty ? own : row.title),
                "ratio": JSON(Double(row.ratio) / 1_000_000),
            ]
        ])
    }

    private static func update(_ call: Call) throws -> ConsoleRoute.Answer {
        let account = try call.actor.account
        let (title, address) = (try call.line(displayName), try call.line(email))
        var hash: String?
        if let wanted = try call.value(password), !wanted.isEmpty {
            guard let given = try call.value(current) ?? call.value(original) else {
                throw GatewayError(
                    .invalidRequest,
                    "The current password is required.",
                    parameter: current.name
                )
            }
            try call.console.throttle.enter(.login, address: call.address, username: account.username)
            guard PasswordHash.verify(Secret(given), against: account.password) != .wrong else {
                throw Console.refused("The current password is wrong.")
            }
            hash = try AccountMaking.row(name: account.username, password: wanted).password
        }
        let password = hash
        let changed = try call.change("account.update", of: "account \(account.username)") {
            tables throws(StoreError) in
            try tables.accounts.change(account.id) { row throws(StoreError) in
                row.displayName = title ?? row.displayName
                row.email = address ?? row.email
                guard let password else { return }
                row.password = password
                row.sessionVersion += 1
            }
        }
        guard let row = changed else { throw Console.noSession }
        // The session that changed the password goes on; all others have ended.
        var object = AccountView.object(row)
        object["token"] = .string(Sessions(console: call.console).begin(for: row, in: call).revealed)
        return .data(.object(object))
    }

    private static func redeem(_ call: Call) throws -> ConsoleRoute.Answer {
        let account = try call.actor.account
        let given = try call.required(code)
        try call.console.throttle.enter(.redeem, address: call.address, username: account.username)
        let now = call.console.now()
        let amount = try call.change("redemption.redeem", of: "account \(account.username)") {
            tables throws(StoreError) -> Credits? in
            let hash = KeyHash(Secret(given)).text
            guard let amount = try tables.redemptions.redeem(hash: hash, for: account.id, now: now) else {
                return nil
            }
            try tables.ledger.grant(amount, to: account.id)
            return amount
        }
        guard let amount else {
            throw GatewayError(
                .invalidRequest,
                "The code is unknown, used, disabled or over.",
                parameter: code.name
            )
        }
        return .data(JSON(Int(amount.quota)))
    }
}
