import FastCGI
import Glibc
import Logging
import MartletFront

/// The program as a web server starts it for one request, where there is no FastCGI.
struct CGIProgram {
    private let surroundings: Surroundings

    init(_ surroundings: Surroundings) {
        self.surroundings = surroundings
    }

    func run() throws {
        let composition: Composition
        let log: LogQueue
        do {
            let configuration = try surroundings.configuration()
            let state = try StateFolder(surroundings.statePath)
            log = try LogQueue(path: configuration.logFile.map(state.path))
            let logger = Logging.Logger.martlet(level: configuration.logLevel, queue: log)
            composition = try Composition(configuration, state: state, logger: logger, log: log)
        } catch let faults as ConfigurationFaults {
            throw Failure.settings(faults)
        } catch {
            throw Failure.start(error)
        }
        PlainCGI.serve(composition.front.answer)
        log.flush()
        letGoOfTheWebServer()
        composition.housekeeping.runOnce()
        log.flush()
    }

    /// The web server waits for the end of these streams, not of the process: housekeeping must not hold an answer.
    private func letGoOfTheWebServer() {
        let nowhere = open("/dev/null", O_RDWR | O_CLOEXEC)
        guard nowhere >= 0 else { return }
        for descriptor in [STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO] { dup2(nowhere, descriptor) }
        close(nowhere)
    }
}

extension Logger {
    /// A logger that writes to the queue.
    static func martlet(level: String, queue: LogQueue) -> Logger {
        let level = Logger.Level(rawValue: level) ?? .info
        return Logger(label: "martlet") { _ in JSONLinesLog(level: level, queue: queue) }
    }
}
