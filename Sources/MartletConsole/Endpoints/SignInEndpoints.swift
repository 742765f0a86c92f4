import HTTPTypes
import MartletAccounts
import MartletCore
import MartletStore
import MartletWeb

/// Signing in and out, and making an account for oneself.
enum SignInEndpoints {
    private static let username = Field<String>.text("username", atMost: 64)
    private static let password = Field<String>.text("password", atMost: 256)
    private static let email = Field<String>.text("email", atMost: 254)

    static let routes = [
        ConsoleRoute(
            .post,
            "/api/user/login",
            "Signs in: a session token, and the same in a cookie.",
            .anyone,
            fields: [username.listed.required, password.listed.required],
            act: signIn
        ),
        ConsoleRoute(
            .post,
            "/api/user/register",
            "Makes an account for oneself, where that is allowed.",
            .anyone,
            fields: [username.listed.required, password.listed.required, email.listed],
            act: register
        ),
        ConsoleRoute(.get, "/api/user/logout", "Lets the browser forget its session.", .anyone) { call in
            Sessions(console: call.console).end(in: call)
            return .done("Signed out.")
        },
        ConsoleRoute(.post, "/api/user/logout_everywhere", "Ends all sessions of the account.", .user) {
            call in
            let account = try call.actor.account
            _ = try call.change("session.end_all", of: "account \(account.username)") {
                tables throws(StoreError) in
                try tables.accounts.change(account.id) { row throws(StoreError) in row.sessionVersion += 1 }
            }
            Sessions(console: call.console).end(in: call)
            return .done("All sessions have ended.")
        },
        ConsoleRoute(.get, "/api/user/token", "A new session token for whoever has one.", .user) { call in
            let account = try call.actor.account
            return .data(.string(Sessions(console: call.console).begin(for: account, in: call).revealed))
        },
    ]

    private static func signIn(_ call: Call) throws -> ConsoleRoute.Answer {
        let (name, given) = (try call.required(username), Secret(try call.required(password)))
        try call.console.throttle.enter(.login, address: call.address, username: name)
        let found = try call.read { tables throws(StoreError) in try tables.accounts.row(named: name) }
        let verdict = PasswordHash.verify(given, against: found?.password)
        // One word for all: which names there are is nobody's business.
        let refusal = GatewayError(.forbidden, "Invalid username or password", code: "invalid_login")
        guard let found, found.status == .enabled, verdict != .wrong else { throw refusal }
        let better = verdict == .rightButOld ? PasswordHash.make(given) : nil
        let account = try call.change("session.begin", of: "account \(found.username)") {
            tables throws(StoreError) -> AccountTable.Row? in
            guard let better else { return found }
            return try tables.accounts.change(found.id) { row throws(StoreError) in
                // A password that was changed meanwhile stays what it was changed to.
                if row.password == found.password { row.password = better }
            }
        }
        guard let account else { throw refusal }
        let token = Sessions(console: call.console).begin(for: account, in: call)
        var object = AccountView.object(account)
        object["token"] = .string(token.revealed)
        return .data(.object(object))
    }

    private static func register(_ call: Call) throws -> ConsoleRoute.Answer {
        let isOpen = try Options.truth(.registration, in: call)
        guard isOpen else { throw Console.refused("Registration is disabled") }
        let name = try call.required(username)
        try call.console.throttle.enter(.register, address: call.address)
        var row = try AccountMaking.row(name: name, password: call.required(password))
        row.email = try call.value(email) ?? ""
        row.balance = Credits(quota: Int64(try Options.integer(.quotaForNewUser, in: call)))
        row.created = call.console.now()
        let made = row
        let id = try call.change("account.register", of: "account \(row.username)") {
            tables throws(StoreError) in
            try tables.accounts.add(made)
        }
        guard let id else {
            throw GatewayError(.conflict, "Username already exists", parameter: username.name)
        }
        return .data(["user_id": JSON(Int(id.value))])
    }
}
