import ArgumentParser
import MartletAccounts
import MartletCore
import MartletStore

/// `martlet audit`: who has changed what.
struct AuditCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "audit",
        abstract: "List who has changed accounts, keys, channels and settings, newest first."
    )

    @OptionGroup var options: CommonOptions
    @Option(help: "How many acts.") var limit = 50
    @Flag(name: .long, help: "Print one JSON object on each line.") var json = false

    func run() throws {
        let rows = try Records(options).read { tables throws(StoreError) in
            try tables.audit.rows(offset: 0, limit: max(1, limit)).rows
        }
        guard json else {
            return TextTable.write(
                ["TIME", "WHO", "FROM", "ACT", "TARGET", "DETAIL"],
                rows.map { row in
                    [CivilTime.text(row.time), row.name, row.address, row.action, row.target, row.detail].map
                    {
                        $0.isEmpty ? "-" : $0
                    }
                }
            )
        }
        for row in rows {
            let object: JSON = [
                "time": JSON(row.time), "actor": .string(row.name), "action": .string(row.action),
                "target": .string(row.target), "detail": .string(row.detail), "ip": .string(row.address),
            ]
            print(String(decoding: object.serialized(), as: UTF8.self))
        }
    }
}
