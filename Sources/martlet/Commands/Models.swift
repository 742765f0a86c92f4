import ArgumentParser
import MartletCore
import MartletGateway
import MartletProviders

/// `martlet models`: what clients may ask for.
struct ListModels: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "models",
        abstract: "List the models that clients may ask for, and the channels that have them."
    )

    @OptionGroup var options: CommonOptions
    @Flag(name: .long, help: "Print JSON.")
    var json = false

    func run() throws {
        let outlook = try Outlook(options)
        let rows = outlook.models
        if json {
            return print(String(decoding: JSON.array(rows.map(\.json)).serialized(), as: UTF8.self))
        }
        let table = rows.map { row in
            [
                row.name, row.channels.joined(separator: ","), row.contextLimit.map { "\($0)" } ?? "-",
                row.outputLimit.map { "\($0)" } ?? "-",
            ]
        }
        TextTable.write(["MODEL", "CHANNELS", "CONTEXT", "OUTPUT"], table)
    }
}
