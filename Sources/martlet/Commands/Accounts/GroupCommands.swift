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
    @Option(help: "What it pays of the price: 1 for the price itself, 0.8 for a fifth less.")
    var ratio: Double?
    @Option(help: "A name for people.") var title: String?

    func run() throws {
        if let ratio, !ratio.isFinite || !(0...1_000).contains(ratio) {
            throw Refused("--ratio must be 0 to 1000")
        }
        do throws(AccountFault) {
            _ = try AccountRules.group(name)
            _ = try AccountRules.text(title ?? "", field: "title")
        } catch {
            throw Refused(error.problem)
        }
        let millionths = ratio.map { Int(($0 * 1_000_000).rounded()) }
        let detail = ratio.map { "ratio \($0)" } ?? "title"
        let pays = try Records(options).change("group.update", of: "group \(name)", detail) {
            tables throws(StoreError) -> Int? in
            try tables.groups.put(name, title: title, ratio: millionths, now: WallClock.seconds())
            return try tables.groups.ratio(of: name)
        }
        print("group \(name): pays \(Double(pays ?? 0) / 1_000_000) of the price")
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
        let isDone = try Records(options).change("group.delete", of: "group \(name)") {
            tables throws(StoreError) -> Bool? in try tables.groups.remove(name) ? true : nil
        }
        guard isDone != nil else { throw Refused("there is no group '\(name)', or somebody is in it") }
        print("group \(name): deleted")
    }
}
