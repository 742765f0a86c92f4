import ArgumentParser
import FastCGI
import MartletMeter
import MartletStore

/// `martlet check`: whether everything that a start needs is there.
struct Check: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Check settings, state folder, database and descriptors, and say what is wrong."
    )

    @OptionGroup var options: CommonOptions

    func run() throws {
        let surroundings = Surroundings(options)
        let configuration: Configuration
        do {
            configuration = try surroundings.configuration()
        } catch {
            throw Failure.settings(error)
        }
        print("settings: \(surroundings.configPath ?? "defaults and environment"), no fault")
        for warning in configuration.warnings { print("warning: \(warning)") }
        do {
            let state = try StateFolder(surroundings.statePath)
            print("state folder: \(state.root)")
            let folder = state.path(configuration.windowsFolder)
            _ = try RateLimiter(store: WindowStore(folder: folder)).peek([
                LimitDemand(LimitSubject(.address, "check"), RateRule(requestsPerMinute: 1))
            ])
            print("windows database: \(folder), works")
        } catch {
            throw Failure.start(error)
        }
        let need = DescriptorLimit.need(threads: configuration.server.threads)
        let have = DescriptorLimit.raise(to: need)
        guard have >= need else {
            Failure.say("descriptors: \(have), and \(configuration.server.threads) threads need \(need)")
            throw ExitCode(1)
        }
        print("descriptors: \(have), \(need) needed")
    }
}
