import ArgumentParser
import MartletAccounts
import MartletCore
import MartletStore
import MartletWeb

/// `martlet key …`: API keys and their limits.
struct KeyCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "key",
        abstract: "Issue, list, change and revoke API keys.",
        discussion: "A key is shown once, when it is issued; the database has only its hash.",
        subcommands: [
            CreateKey.self, ListKeys.self, SetKey.self, GrantKey.self, RotateKey.self, RevokeKey.self,
        ]
    )
}

/// What a key may do, on the command line.
struct KeyLimitOptions: ParsableArguments {
    @Option(help: "A name for people.") var label: String?
    @Option(help: "Models that it may use, with * for any text; separated by commas. Empty for all.")
    var models: String?
    @Option(help: "Networks that it may come from (CIDR), separated by commas. Empty for all.")
    var networks: String?
    @Option(help: "When it ends: 2027-01-31, 2027-01-31T12:00:00Z, or never.") var expires: String?
    @Option(help: "Requests in a minute; 0 for the general limits.") var requestsPerMinute: Int?
    @Option(help: "Tokens in a minute; 0 for the general limits.") var tokensPerMinute: Int?
    @Option(help: "Requests at once; 0 for no limit.") var concurrent: Int?
    @Option(help: "Dollars that it may spend in a day (UTC); 0 for no limit.") var daily: String?
    @Option(help: "Dollars that it may spend in a month (UTC); 0 for no limit.") var monthly: String?
    @Option(help: "Words to sort keys by, separated by commas.") var tags: String?
    @Option(help: "The group that it counts as; empty for its account's.") var group: String?

    /// Puts what was said into a row.
    ///
    /// - Throws: `Refused` that names the option.
    func apply(to row: inout ApiKeyTable.Row) throws {
        do throws(AccountFault) {
            if let label { row.name = try AccountRules.text(label, field: "label") }
            if let models { row.limits.models = try AccountRules.models(try Self.words(models, "models")) }
            if let group { row.group = group.isEmpty ? "" : try AccountRules.group(group) }
            if let tags { row.tags = Self.words(try AccountRules.text(tags, field: "tags")) }
        } catch {
            throw Refused(error.problem)
        }
        if let networks {
            do throws(AccountFault) {
                row.limits.networks = try Self.words(networks, "networks")
            } catch {
                throw Refused(error.problem)
            }
            for network in row.limits.networks where AddressRange(network) == nil {
                throw Refused("--networks holds '\(network)', which is neither an address nor a network")
            }
        }
        if let expires { row.limits.expires = try Moment.read(expires) }
        row.limits.requestsPerMinute = try Self.count(requestsPerMinute) ?? row.limits.requestsPerMinute
        row.limits.tokensPerMinute = try Self.count(tokensPerMinute) ?? row.limits.tokensPerMinute
        row.limits.concurrent = try Self.count(concurrent) ?? row.limits.concurrent
        if let daily { row.limits.dailyBudget = try Money.read(daily).amount }
        if let monthly { row.limits.monthlyBudget = try Money.read(monthly).amount }
    }

    /// Words of a list that limits: one without any would limit nothing.
    private static func words(_ text: String, _ field: String) throws(AccountFault) -> [String] {
        let words = words(text)
        guard !words.isEmpty || text.isEmpty else {
            throw AccountFault(field: field, problem: "--\(field) holds no word")
        }
        return words
    }

    private static func words(_ text: String) -> [String] {
        text.split(separator: ",").map { word in
            String(word.drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
        }.filter { !$0.isEmpty }
    }

    private static func count(_ number: Int?) throws -> Int? {
        guard let number else { return nil }
        guard (0...1_000_000_000).contains(number) else { throw Refused("a limit is 0 to 1,000,000,000") }
        return number
    }
}

/// Moments on the command line.
enum Moment {
    /// Seconds since 1970; 0 for `never`.
    static func read(_ text: String) throws -> Int {
        if text == "never" { return 0 }
        guard let seconds = CivilTime.seconds(text), seconds > 0 else {
            throw Refused("--expires must be a date such as 2027-01-31, a time in RFC 3339, or 'never'")
        }
        return seconds
    }
}

/// `martlet key create ACCOUNT`.
struct CreateKey: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "create",
        abstract: "Issue a key of an account, and print it: it cannot be shown again."
    )

    @OptionGroup var options: CommonOptions
    @Argument(help: "The account's user name.") var account: String
    @Option(help: "What it may spend in all, in US dollars; 'unlimited' for all that its account has.")
    var money = "unlimited"
    @OptionGroup var limits: KeyLimitOptions
    @Flag(name: .long, help: "Print JSON.") var json = false

    func run() throws {
        let records = try Records(options)
        var row = ApiKeyTable.Row(account: try records.account(named: account).id)
        (row.balance, row.isUnlimited) = try Money.read(money)
        try limits.apply(to: &row)
        let wanted = row
        let issued = try records.change("key.create", of: "key of account \(account)") {
            tables throws(StoreError) in
            try KeyIssue.issue(wanted, in: tables, now: WallClock.seconds())
        }
        guard let issued else { throw Refused("the key exists") }
        guard json else { return print(issued.key.revealed) }
        let shown: JSON = ["id": JSON(Int(issued.id.value)), "key": .string(issued.key.revealed)]
        print(String(decoding: shown.serialized(), as: UTF8.self))
    }
}

/// `martlet key list [ACCOUNT]`.
struct ListKeys: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "list", abstract: "List the keys.")

    @OptionGroup var options: CommonOptions
    @Argument(help: "The account's user name; all accounts without one.") var account: String?
    @Flag(name: .long, help: "Print JSON.") var json = false

    func run() throws {
        let records = try Records(options)
        let owner = try account.map { try records.account(named: $0).id } ?? .none
        let rows = try records.read { tables throws(StoreError) in
            try tables.keys.rows(of: owner, limit: 1_000_000).rows
        }
        if json {
            return print(String(decoding: JSON.array(rows.map(Self.json)).serialized(), as: UTF8.self))
        }
        TextTable.write(
            ["ID", "KEY", "ACCOUNT", "LABEL", "STATUS", "LEFT $", "USED $", "REQUESTS", "EXPIRES", "MODELS"],
            rows.map { row in
                [
                    "\(row.id.value)", row.hint, "\(row.account.value)", row.name.isEmpty ? "-" : row.name,
                    "\(row.status)", row.isUnlimited ? "unlimited" : row.balance.dollars, row.used.dollars,
                    "\(row.requests)", row.limits.expires == 0 ? "never" : CivilTime.text(row.limits.expires),
                    row.limits.models.isEmpty ? "all" : row.limits.models.joined(separator: ","),
                ]
            }
        )
    }

    private static func json(_ row: ApiKeyTable.Row) -> JSON {
        [
            "id": JSON(Int(row.id.value)), "key": .string(row.hint), "account": JSON(Int(row.account.value)),
            "label": .string(row.name), "status": .string("\(row.status)"),
            "unlimited": .bool(row.isUnlimited),
            "left_usd": .number(JSONNumber(row.balance)), "reserved_usd": .number(JSONNumber(row.reserved)),
            "used_usd": .number(JSONNumber(row.used)), "requests": JSON(row.requests),
            "expires": JSON(row.limits.expires), "models": .array(row.limits.models.map { .string($0) }),
            "networks": .array(row.limits.networks.map { .string($0) }),
            "tags": .array(row.tags.map { .string($0) }),
        ]
    }
}

/// `martlet key set ID …`.
struct SetKey: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "set", abstract: "Change what a key may do.")

    @OptionGroup var options: CommonOptions
    @Argument(help: "The key's number.") var id: Int64
    @Option(name: .customLong("status"), help: "enabled or disabled.", transform: Word.isEnabled)
    var isEnabled: Bool?
    @Option(help: "Whether it may spend all that its account has: true or false.") var unlimited: Bool?
    @OptionGroup var limits: KeyLimitOptions

    func run() throws {
        let records = try Records(options)
        var checked = try records.key(id)
        try limits.apply(to: &checked)
        let changed = try records.change("key.update", of: "key \(id)") { tables throws(StoreError) in
            try tables.keys.change(KeyID(id)) { row throws(StoreError) in
                row.status = isEnabled.map { $0 ? .enabled : .disabled } ?? row.status
                row.isUnlimited = unlimited ?? row.isUnlimited
                // What was said is sound, as has been seen.
                try? limits.apply(to: &row)
            }
        }
        guard let changed else { throw Refused("the key was revoked") }
        print("key \(id): \(changed.status)")
    }
}

/// `martlet key grant ID DOLLARS`.
struct GrantKey: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "grant",
        abstract: "Let a key spend more, or with a minus sign less."
    )

    @OptionGroup var options: CommonOptions
    @Argument(help: "The key's number.") var id: Int64
    @Argument(parsing: .allUnrecognized, help: "US dollars, for example 12.50.") var amount: [String]

    func run() throws {
        let records = try Records(options)
        let row = try records.key(id)
        guard amount.count == 1, let granted = Credits(dollars: amount[0]) else {
            throw Refused("an amount is dollars with at most nine digits behind the point, such as 12.50")
        }
        _ = try records.change("key.grant", of: "key \(id)", "\(granted.dollars) dollars") {
            tables throws(StoreError) in try tables.ledger.grant(granted, to: row.id)
        }
        print("key \(id): \(try records.key(id).balance.dollars) dollars left")
    }
}

/// `martlet key rotate ID`.
struct RotateKey: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rotate",
        abstract: "Change a key for a new one, and print it; the old one works for a while longer."
    )

    @OptionGroup var options: CommonOptions
    @Argument(help: "The key's number.") var id: Int64
    @Option(help: "For how many hours the old one still works.") var hours = 24.0

    func run() throws {
        let records = try Records(options)
        let row = try records.key(id)
        guard (0...24 * 365).contains(hours) else { throw Refused("--hours must be between 0 and 8760") }
        let overlap = Int(hours * 3_600)
        let key = try records.change("key.rotate", of: "key \(id)") { tables throws(StoreError) in
            try KeyIssue.rotate(row, overlap: overlap, in: tables, now: WallClock.seconds())
        }
        guard let key else { throw Refused("the key was revoked") }
        print(key.revealed)
    }
}

/// `martlet key revoke ID`.
struct RevokeKey: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "revoke",
        abstract: "End a key for good; what it has used stays in the books."
    )

    @OptionGroup var options: CommonOptions
    @Argument(help: "The key's number.") var id: Int64

    func run() throws {
        let records = try Records(options)
        _ = try records.key(id)
        _ = try records.change("key.revoke", of: "key \(id)") { tables throws(StoreError) in
            try tables.keys.change(KeyID(id)) { row throws(StoreError) in row.status = .deleted }
        }
        print("key \(id): revoked")
    }
}
