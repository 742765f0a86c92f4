import HTTPTypes
import MartletAccounts
import MartletCore
import MartletStore
import MartletWeb

/// `/api/setup`: makes the owner, once, for whoever knows the code from the log.
enum SetupEndpoints {
    private static let username = Field<String>.text("username", atMost: 64)
    private static let password = Field<String>.text("password", atMost: 256)
    private static let repeated = Field<String>.text("confirmPassword", atMost: 256)
    private static let code = Field<String>.text("code", atMost: 100)

    static let routes = [
        ConsoleRoute(.get, "/api/setup", "Whether there is an owner.", .anyone) { call in
            let hasOwner = try call.read { tables throws(StoreError) in try tables.accounts.hasOwner() }
            if !hasOwner { call.console.setup.prepare() }
            return .data(["status": .bool(hasOwner), "root_init": .bool(hasOwner), "database_type": "sqlite"])
        },
        ConsoleRoute(
            .post,
            "/api/setup",
            "Makes the owner; 'code' stands in the log and in the file setup-code of the state folder.",
            .anyone,
            fields: [
                username.listed.required, password.listed.required, repeated.listed, code.listed.required,
            ],
            act: setUp
        ),
    ]

    private static func setUp(_ call: Call) throws -> ConsoleRoute.Answer {
        let given = try call.required(code)
        try call.console.throttle.enter(.setup, address: call.address)
        guard !(try call.read { tables throws(StoreError) in try tables.accounts.hasOwner() }) else {
            throw Console.refused("The service is set up already.")
        }
        guard call.console.setup.isRight(given) else {
            throw Console.refused(
                "The code is wrong. It stands in the log, and in the file setup-code of the state folder."
            )
        }
        var row = try AccountMaking.row(name: call.required(username), password: call.required(password))
        if let again = try call.value(repeated), again != (try call.required(password)) {
            throw GatewayError(
                .invalidRequest,
                "The two passwords are not the same.",
                parameter: repeated.name
            )
        }
        (row.role, row.isUnlimited, row.created) = (.owner, true, call.console.now())
        let made = row
        let id = try call.change("setup", of: "account \(row.username)") {
            tables throws(StoreError) -> AccountID? in
            // Two who set it up at once: one of them does.
            guard !(try tables.accounts.hasOwner()) else { return nil }
            return try tables.accounts.add(made)
        }
        guard id != nil else { throw Console.refused("The service is set up already, or the name is taken.") }
        call.console.setup.forget()
        return .done("The owner's account is made.")
    }
}

/// What accounts are made of.
enum AccountMaking {
    /// A row with a checked name and a hashed password.
    static func row(name: String, password: String) throws(GatewayError) -> AccountTable.Row {
        do throws(AccountFault) {
            var row = AccountTable.Row(username: try AccountRules.username(name))
            row.password = PasswordHash.make(try AccountRules.password(password))
            return row
        } catch {
            throw GatewayError(error)
        }
    }
}
