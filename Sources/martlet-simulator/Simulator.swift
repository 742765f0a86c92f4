import ArgumentParser
import FastCGI
import Glibc
import Logging
import MartletCore
import MartletFront
import MartletWeb
import Threading

/// Simulated providers, for trying a client without spending credits, and for the tests.
@main
struct Simulator: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "martlet-simulator",
        abstract: "Simulated AI providers: a FastCGI program behind the same web server.",
        subcommands: [Serve.self, Scenarios.self]
    )

    /// `martlet-simulator serve`.
    struct Serve: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Answer requests on a socket.")

        @Option(name: .long, help: "Where to listen: unix:PATH or tcp:HOST:PORT.")
        var socket: String

        @Option(name: .long, help: "How many requests at once.")
        var threads = 1_100

        @Option(name: .long, help: "Under which address the web server offers the simulated 1min.ai.")
        var address = "http://127.0.0.1:8080/simulator/onemin"

        func run() throws {
            let signals = SignalWait(blocking: [SIGTERM, SIGINT, SIGHUP])
            _ = DescriptorLimit.raise(to: DescriptorLimit.need(threads: threads))
            let simulation = OneMinSimulation(address: address)
            let vendors = VendorSimulations()
            let pipeline = Pipeline(
                [ErrorResponder { error, _, _ in Array("{\"error\":\"\(error.kind)\"}".utf8) }],
                around: Router(simulation.routes + vendors.routes).respond
            )
            let quiet = Logger(label: "simulator") { _ in SwiftLogNoOpLogHandler() }
            let front = Front(pipeline: pipeline, logger: quiet)
            var settings = ResponderSettings()
            settings.threads = threads
            let listening = try ListeningSocket.bind(socket, mode: 0o666)
            let responder = try Responder(on: listening, settings: settings, answer: front.answer)
            while signals.next() == SIGHUP {}
            _ = responder.drain(within: .seconds(1))
        }
    }

    /// `martlet-simulator scenarios`.
    struct Scenarios: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "List the words that choose an answer: put sim:WORD into the prompt."
        )

        func run() {
            for scenario in Scenario.allCases {
                print("sim:\(scenario.rawValue)  \(scenario.summary)")
            }
            print("At the end of a file that is uploaded:")
            for scenario in AssetScenario.allCases {
                print("sim:\(scenario.rawValue)  \(scenario.summary)")
            }
        }
    }
}
