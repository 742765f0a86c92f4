import ArgumentParser
import MartletAccounts
import MartletCore
import MartletStore

/// `martlet code …`: codes that give money once.
struct CodeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "code",
        abstract: "Make, list and delete codes that give money to whoever redeems them, once.",
        subcommands: [CreateCodes.self, ListCodes.self, DeleteCode.self]
    )
}

/// `martlet code create DOLLARS`.
struct CreateCodes: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "create",
        abstract: "Make codes and print them, one on each line: they cannot be shown again."
    )

    @OptionGroup var options: CommonOptions
    @Argument(help: "What each gives, in US dollars.") var amount: String
    @Option(help: "How many.") var count = 1
    @Option(help: "A name for people.") var label = ""
    @Option(help: "When they end: 2027-01-31, 2027-01-31T12:00:00Z, or never.") var expires = "never"

    func run() throws {
        let (each, isUnlimited) = try Money.read(amount)
        guard !isUnlimited, each > .zero else { throw Refused("a code gives some dollars, such as 12.50") }
        guard (1...1_000).contains(count) else { throw Refused("--count must be 1 to 1000") }
        var row = RedemptionTable.Row(hint: "", name: label, amount: each, created: WallClock.seconds())
        row.expires = try Moment.read(expires)
        do throws(AccountFault) {
            _ = try AccountRules.text(label, field: "label")
        } catch {
            throw Refused(error.problem)
        }
        let codes = (0..<count).map { _ in RandomText.alphanumeric(RedemptionTable.codeLength) }
        let wanted = row
        let detail = "\(count) of \(each.dollars) dollars"
        _ = try Records(options).change("redemption.create", of: "redemption \(label)", detail) {
            tables throws(StoreError) in
            for code in codes { try tables.redemptions.add(wanted, code: code) }
            return true
        }
        for code in codes { print(code) }
    }
}

/// `martlet code list`.
struct ListCodes: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "list", abstract: "List the codes.")

    @OptionGroup var options: CommonOptions

    func run() throws {
        let rows = try Records(options).read { tables throws(StoreError) in
            try tables.redemptions.rows(offset: 0, limit: 1_000_000).rows
        }
        TextTable.write(
            ["ID", "CODE", "LABEL", "DOLLARS", "STATUS", "EXPIRES", "ACCOUNT"],
            rows.map { row in
                [
                    "\(row.id)", row.hint, row.name.isEmpty ? "-" : row.name, row.amount.dollars,
                    "\(row.status)",
                    row.expires == 0 ? "never" : CivilTime.text(row.expires),
                    row.account == .none ? "-" : "\(row.account.value)",
                ]
            }
        )
    }
}

/// `martlet code delete ID`.
struct DeleteCode: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "delete",
        abstract: "Delete a code; money that it has given stays given."
    )

    @OptionGroup var options: CommonOptions
    @Argument(help: "The code's number.") var id: Int64

    func run() throws {
        let isDone = try Records(options).change("redemption.delete", of: "redemption \(id)") {
            tables throws(StoreError) -> Bool? in try tables.redemptions.remove(id) ? true : nil
        }
        guard isDone != nil else { throw Refused("there is no code \(id)") }
        print("code \(id): deleted")
    }
}
