import ArgumentParser
import MartletCore
import MartletGateway

/// `martlet routes MODEL`: where a request for a model would go, and why.
struct ExplainRoutes: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "routes",
        abstract: "Explain where a request for a model would go: channels, keys, states, limits and prices."
    )

    @OptionGroup var options: CommonOptions
    @Flag(name: .long, help: "Print JSON.")
    var json = false
    @Argument(help: "The model, as a client names it.")
    var model: String

    func run() throws {
        let outlook = try Outlook(options)
        let ways = outlook.planner.explain(ModelName(model), now: WallClock.seconds())
        guard !ways.isEmpty else {
            Failure.say("no channel has a model '\(model)'; 'martlet models' lists those that there are")
            throw ExitCode(1)
        }
        if json {
            let list = ways.map { JSON.object(outlook.object(of: $0)) }
            return print(String(decoding: JSON.array(list).serialized(), as: UTF8.self))
        }
        let table = ways.enumerated().map { number, way in
            [
                "\(number + 1)", way.channel, way.model.text, way.keyHint.map { "…\($0)" } ?? "the caller's",
                way.state + (way.reason.map { " (\($0))" } ?? ""), "\(way.priority)", "\(way.weight)",
                way.contextLimit.map { "\($0)" } ?? "-", outlook.shownPrice(of: way),
            ]
        }
        TextTable.write(
            ["#", "CHANNEL", "MODEL", "KEY", "STATE", "PRIORITY", "WEIGHT", "CONTEXT", "USD/MTOK IN/OUT"],
            table
        )
    }
}
