import ArgumentParser
import MartletAccounts
import MartletCore
import MartletStore

/// `martlet account …`: who may sign in, and with how much money.
struct AccountCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "account",
        abstract: "Make, list and change accounts.",
        discussion: "Passwords are read from the terminal, or as one line from standard input.",
        subcommands: [
            CreateOwner.self, CreateAccount.self, ListAccounts.self, SetAccount.self, SetPassword.self,
            GrantAccount.self, DeleteAccount.self, ImportAccounts.self,
        ]
    )
}

/// `martlet account create-owner NAME`.
struct CreateOwner: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Make an account that may do everything and spend without limit."
    )

    @OptionGroup var options: CommonOptions
    @Argument(help: "The user name.") var name: String
    @Flag(name: .long, help: "Leave the password out: the account then has keys, and cannot sign in.")
    var noPassword = false

    func run() throws {
        var row = AccountTable.Row(username: name)
        (row.role, row.isUnlimited) = (.owner, true)
        try AccountMaking.make(row, noPassword: noPassword, options)
    }
}

/// `martlet account create NAME`.
struct CreateAccount: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "create", abstract: "Make an account.")

    @OptionGroup var options: CommonOptions
    @Argument(help: "The user name.") var name: String
    @Option(help: "user, admin or owner.", transform: Word.role) var role: Role = .user
    @Option(help: "The group.") var group = "default"
    @Option(help: "What it has, in US dollars; 'unlimited' for no limit.") var money = "0"
    @Flag(name: .long, help: "Leave the password out: the account then has keys, and cannot sign in.")
    var noPassword = false

    func run() throws {
        var row = AccountTable.Row(username: name)
        (row.role, row.group) = (role, group)
        (row.balance, row.isUnlimited) = try Money.read(money)
        try AccountMaking.make(row, noPassword: noPassword, options)
    }
}

/// Makes an account from the command line.
private enum AccountMaking {
    static func make(_ wanted: AccountTable.Row, noPassword: Bool, _ options: CommonOptions) throws {
        var row = wanted
        do throws(AccountFault) {
            row.username = try AccountRules.username(row.username)
            row.group = try AccountRules.group(row.group)
        } catch {
            throw Refused(error.problem)
        }
        let records = try Records(options)
        if !noPassword { row.password = PasswordHash.make(try PasswordInput.read()) }
        row.created = WallClock.seconds()
        let made = row
        let detail = "role \(row.role.word)"
        let id = try records.change("account.create", of: "account \(row.username)", detail) {
            tables throws(StoreError) in try tables.accounts.add(made)
        }
        guard let id else { throw Refused("the name '\(row.username)' is taken") }
        print("account \(id.value): \(row.username), \(row.role.word)")
    }
}

/// `martlet account list`.
struct ListAccounts: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "list", abstract: "List the accounts.")

    @OptionGroup var options: CommonOptions
    @Flag(name: .long, help: "Print JSON.") var json = false

    func run() throws {
        let records = try Records(options)
        var selection = AccountTable.Selection()
        selection.limit = 1_000_000
        let wanted = selection
        let rows = try records.read { tables throws(StoreError) in try tables.accounts.rows(wanted).rows }
        if json {
            return print(String(decoding: JSON.array(rows.map(Self.json)).serialized(), as: UTF8.self))
        }
        TextTable.write(
            ["ID", "NAME", "ROLE", "STATUS", "GROUP", "LEFT $", "RESERVED $", "USED $", "REQUESTS"],
            rows.map { row in
                [
                    "\(row.id.value)", row.username, row.role.word, "\(row.status)", row.group,
                    row.isUnlimited ? "unlimited" : row.balance.dollars, row.reserved.dollars,
                    row.used.dollars,
                    "\(row.requests)",
                ]
            }
        )
    }

    private static func json(_ row: AccountTable.Row) -> JSON {
        [
            "id": JSON(Int(row.id.value)), "username": .string(row.username), "role": .string(row.role.word),
            "status": .string("\(row.status)"), "group": .string(row.group),
            "unlimited": .bool(row.isUnlimited),
            "left_usd": .number(JSONNumber(row.balance)), "reserved_usd": .number(JSONNumber(row.reserved)),
            "used_usd": .number(JSONNumber(row.used)), "requests": JSON(row.requests),
        ]
    }
}

/// `martlet account set NAME …`.
struct SetAccount: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "set",
        abstract: "Change an account; its sessions end where it loses something."
    )

    @OptionGroup var options: CommonOptions
    @Argument(help: "The user name.") var name: String
    @Option(help: "user, admin or owner.", transform: Word.role) var role: Role?
    @Option(help: "The group.") var group: String?
    @Option(name: .customLong("status"), help: "enabled or disabled.", transform: Word.isEnabled)
    var isEnabled: Bool?
    @Option(help: "Whether it may spend without having: true or false.") var unlimited: Bool?

    func run() throws {
        let records = try Records(options)
        let id = try records.account(named: name).id
        do throws(AccountFault) {
            if let group { _ = try AccountRules.group(group) }
        } catch {
            throw Refused(error.problem)
        }
        let detail = [role.map { "role \($0.word)" }, isEnabled.map { $0 ? "enabled" : "disabled" }]
            .compactMap(\.self)
        let changed = try records.change(
            "account.update",
            of: "account \(name)",
            detail.joined(separator: ", ")
        ) { tables throws(StoreError) -> AccountTable.Row? in
            guard let before = try tables.accounts.row(id) else { return nil }
            let isOwner = before.role == .owner && before.status == .enabled
            if isOwner, role.map({ $0 < .owner }) ?? false || isEnabled == false,
                try tables.accounts.owners() < 2
            {
                return nil
            }
            return try tables.accounts.change(id) { row throws(StoreError) in
                if role.map({ $0 < row.role }) ?? false || isEnabled == false { row.sessionVersion += 1 }
                row.role = role ?? row.role
                row.status = isEnabled.map { $0 ? .enabled : .disabled } ?? row.status
                row.isUnlimited = unlimited ?? row.isUnlimited
                row.group = group ?? row.group
            }
        }
        guard let changed else { throw Refused("'\(name)' is the only owner, or was deleted") }
        print("account \(changed.id.value): \(changed.username), \(changed.role.word), \(changed.status)")
    }
}

/// `martlet account password NAME`.
struct SetPassword: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "password",
        abstract: "Give an account a new password; its sessions end."
    )

    @OptionGroup var options: CommonOptions
    @Argument(help: "The user name.") var name: String

    func run() throws {
        let records = try Records(options)
        let id = try records.account(named: name).id
        let password = PasswordHash.make(try PasswordInput.read())
        let changed = try records.change("account.password", of: "account \(name)") {
            tables throws(StoreError) in
            try tables.accounts.change(id) { row throws(StoreError) in
                row.password = password
                row.sessionVersion += 1
            }
        }
        guard changed != nil else { throw Refused("the account was deleted") }
        print("account \(id.value): password changed")
    }
}

/// `martlet account grant NAME DOLLARS`.
struct GrantAccount: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "grant",
        abstract: "Give an account money, or with a minus sign take some back."
    )

    @OptionGroup var options: CommonOptions
    @Argument(help: "The user name.") var name: String
    @Argument(parsing: .allUnrecognized, help: "US dollars, for example 12.50.") var amount: [String]

    func run() throws {
        let records = try Records(options)
        let row = try records.account(named: name)
        guard amount.count == 1, let granted = Credits(dollars: amount[0]) else {
            throw Refused("an amount is dollars with at most nine digits behind the point, such as 12.50")
        }
        _ = try records.change("account.grant", of: "account \(name)", "\(granted.dollars) dollars") {
            tables throws(StoreError) in try tables.ledger.grant(granted, to: row.id)
        }
        let left = try records.account(named: name).balance
        print("account \(row.id.value): \(left.dollars) dollars left")
    }
}

/// `martlet account delete NAME`.
struct DeleteAccount: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "delete",
        abstract: "End an account and its keys; what it has used stays in the books."
    )

    @OptionGroup var options: CommonOptions
    @Argument(help: "The user name.") var name: String

    func run() throws {
        let records = try Records(options)
        let id = try records.account(named: name).id
        let isDone = try records.change("account.delete", of: "account \(name)") {
            tables throws(StoreError) -> Bool? in
            guard let row = try tables.accounts.row(id) else { return nil }
            if row.role == .owner, row.status == .enabled, try tables.accounts.owners() < 2 { return nil }
            try tables.accounts.end(id)
            return true
        }
        guard isDone != nil else { throw Refused("'\(name)' is the only owner") }
        print("account \(id.value): deleted")
    }
}

/// Words on the command line.
enum Word {
    static func role(_ text: String) throws -> Role {
        guard let role = Role(word: text) else { throw ValidationError("a role is user, admin or owner") }
        return role
    }

    /// Accounts and keys end by commands of their own.
    static func isEnabled(_ text: String) throws -> Bool {
        guard text == "enabled" || text == "disabled" else {
            throw ValidationError("a status is enabled or disabled")
        }
        return text == "enabled"
    }
}

/// Money on the command line.
enum Money {
    /// Dollars, or `unlimited`.
    static func read(_ text: String) throws -> (amount: Credits, isUnlimited: Bool) {
        if text == "unlimited" { return (.zero, true) }
        guard let amount = Credits(dollars: text), amount >= .zero else {
            throw Refused("money is dollars with at most nine digits behind the point, or 'unlimited'")
        }
        return (amount, false)
    }
}
