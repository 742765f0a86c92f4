import ArgumentParser
import MartletAccounts
import MartletCore
import MartletStore

/// `martlet group …`: groups of accounts, and what they pay.
struct GroupCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "group",
        abstract: "Make, list and delete groups of accounts.",
        subcommands: [ListGroups.self, SetGroup.self, DeleteGroup.self]
    )
}

/// `martlet group list`.
struct ListGroups: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "list", abstract: "List the groups.")

    @OptionGroup var options: CommonOptions
    @Flag(name: .long, help: "Print JSON.") var json = false

    func run() throws {
        let rows = try Records(options).read { tables throws(StoreError) in try tables.groups.all() }
        if json {
            let list = rows.map { row -> JSON in
                [
                    "name": .string(row.name), "title": .string(row.title),
                    "ratio": JSON(Double(row.ratio) / 1_000_000),
                ]
            }
            return print(String(decoding: JSON.array(list).serialized(), as: UTF8.self))
        }
        TextTable.write(
            ["NAME", "PAYS", "TITLE"],
            rows.map { [$0.name, "\(Double($0.ratio) / 1_000_000)", $0.title] }
        )
    }
}

/// `martlet group set NAME`.
struct SetGroup: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "set",
        abstract: "Make a group, or change what it pays."
    )

    @OptionGroup var options: CommonOptions
    @Argument(help: "The group's name.") var name: String
    @Option(help: "What it pays of the price: 1 for the price itself, 0.8 for a fifth less.") var ratio = 1.0
    @Option(help: "A name for people.") var title = ""

    func run() throws {
        guard ratio.isFinite, (0...1_000).contains(ratio) else { throw Refused("--ratio must be 0 to 1000") }
        var row = GroupTable.Row(name: name, ratio: Int((ratio * 1_000_000).rounded()))
        do throws(AccountFault) {
            row.name = try AccountRules.group(name)
            row.title = try AccountRules.text(title, field: "title")
        } catch {
            throw Refused(error.problem)
        }
        row.created = WallClock.seconds()
        let wanted = row
        try Records(options).write { tables throws(StoreError) in try tables.groups.put(wanted) }
        print("group \(row.name): pays \(ratio) of the price")
    }
}

/// `martlet group delete NAME`.
struct DeleteGroup: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "delete",
        abstract: "Delete a group that nobody is in."
    )

    @OptionGroup var options: CommonOptions
    @Argument(help: "The group's name.") var name: String

    func run() throws {
        let isDone = try Records(options).write { tables throws(StoreError) in try tables.groups.remove(name)
        }
        guard isDone else { throw Refused("there is no group '\(name)', or somebody is in it") }
        print("group \(name): deleted")
    }
}
