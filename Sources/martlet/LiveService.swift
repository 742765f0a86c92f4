import Logging
import MartletFront
import MartletWeb
import Threading

/// What answers at the moment, and can be replaced while requests run: those that have begun keep what they have.
final class LiveService: Sendable {
    private struct State {
        var front: Front
        var logger: Logger
        var housekeepers: [Ticker]
        /// What must be done before the process ends.
        var finish: @Sendable () -> Void
    }

    private let surroundings: Surroundings
    private let log: LogQueue
    /// Tells running requests that the process leaves.
    let drain: DrainSignal
    private let state: Guarded<State>

    /// Composes everything for the first time.
    ///
    /// - Throws: `StateFolderError`, `ThreadError`.
    init(_ configuration: Configuration, surroundings: Surroundings, log: LogQueue) throws {
        self.surroundings = surroundings
        self.log = log
        let drain = DrainSignal()
        self.drain = drain
        state = Guarded(
            try Self.compose(configuration, surroundings: surroundings, log: log, drain: drain)
        )
    }

    /// What answers at the moment.
    var front: Front { state.withLock { $0.front } }
    /// Where it is logged.
    var logger: Logger { state.withLock { $0.logger } }

    /// Writes down what has waited for the housekeeper, when the last request has ended.
    func finish() { state.withLock { $0.finish }() }

    /// Reads the settings again.
    ///
    /// Faulty ones are logged and change nothing.
    ///
    /// The socket, the number of workers and that of threads belong to the start and stay.
    func reload() {
        do {
            let configuration = try surroundings.configuration()
            let fresh = try Self.compose(
                configuration,
                surroundings: surroundings,
                log: log,
                drain: drain
            )
            let old = state.withLock { state in
                defer { state = fresh }
                return state.housekeepers
            }
            for housekeeper in old { housekeeper.stop() }
            fresh.logger.info("settings reloaded")
        } catch {
            logger.error(
                "settings not reloaded; the old ones stay",
                metadata: ["reason": .string("\(error)")]
            )
        }
    }

    private static func compose(
        _ configuration: Configuration,
        surroundings: Surroundings,
        log: LogQueue,
        drain: DrainSignal
    ) throws -> State {
        let logger = Logger.martlet(level: configuration.logLevel, queue: log)
        let folder = try StateFolder(surroundings.statePath)
        let composition = try Composition(
            configuration,
            state: folder,
            logger: logger,
            log: log,
            drain: drain
        )
        let housekeepers = try composition.housekeeping.rounds.map { try Ticker(jobs: $0) }
        return State(
            front: composition.front,
            logger: logger,
            housekeepers: housekeepers,
            finish: { composition.housekeeping.writeUsage() }
        )
    }
}
