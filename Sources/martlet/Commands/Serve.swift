import ArgumentParser
import FastCGI
import Glibc
import Logging
import Threading

/// `martlet serve`: the supervisor and its workers.
struct Serve: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Open the socket and keep worker processes on it.",
        discussion: """
            SIGHUP reloads the settings, SIGTERM ends the running requests and then the program, SIGUSR2 replaces \
            the program by a new version without a pause.
            """
    )

    @OptionGroup var options: CommonOptions

    func run() throws {
        // Before the log's thread exists, so that the thread inherits the mask.
        _ = SignalWait(blocking: Supervisor.signals)
        let surroundings = Surroundings(options)
        let configuration: Configuration
        do {
            configuration = try surroundings.configuration()
        } catch {
            throw Failure.settings(error)
        }
        do {
            try serve(configuration, surroundings)
        } catch {
            throw Failure.start(error)
        }
    }

    private func serve(_ configuration: Configuration, _ surroundings: Surroundings) throws {
        let upgrade = UpgradeState.taken()
        let state = try StateFolder(surroundings.statePath)
        let log = try LogQueue(path: configuration.logFile.map(state.path))
        let logger = Logger.martlet(level: configuration.logLevel, queue: log)
        for warning in configuration.warnings { logger.warning("\(warning)") }
        try checkDescriptors(threads: configuration.server.threads)

        let socket =
            try upgrade?.socket ?? ListeningSocket.inherited() ?? open(configuration.server, state, logger)
        var settings = SupervisorSettings()
        settings.workers = configuration.server.workers
        settings.drain = configuration.server.drain
        let common = arguments(surroundings, state: state)
        settings.workerArguments = ["worker"] + common
        settings.checkArguments = ["check"] + common
        let supervisor = Supervisor(socket: socket, settings: settings, state: upgrade) { event in
            if event == .reloading { log.reopen() }
            logger.log(level: event.level, "\(event)")
            // What is queued would be lost in the change of programs.
            if case .upgrading = event { log.flush() }
        }
        guard let supervisor else { throw StartFailure("descriptors have run out") }
        logger.info("supervisor starts", metadata: ["workers": .stringConvertible(settings.workers)])
        supervisor.run()
        logger.info("stopped")
        log.flush()
    }

    private func checkDescriptors(threads: Int) throws {
        let need = DescriptorLimit.need(threads: threads)
        let have = DescriptorLimit.raise(to: need)
        guard have >= need else {
            throw StartFailure(
                "\(threads) threads need \(need) descriptors, and the system allows \(have): raise the limit "
                    + "(LimitNOFILE, ulimit -n) or set server.threads to \(have / 8)"
            )
        }
    }

    /// Opens the socket of the settings, and says who cannot reach it.
    private func open(
        _ server: Configuration.Server,
        _ state: StateFolder,
        _ logger: Logger
    ) throws(ListeningSocketError) -> ListeningSocket {
        let isFile = server.socket.hasPrefix("unix:")
        let address = isFile ? "unix:" + state.path(String(server.socket.dropFirst(5))) : server.socket
        let socket = try ListeningSocket.bind(address, mode: server.socketMode, group: server.socketGroup)
        logger.info("listening", metadata: ["socket": .string(address)])
        if let warning = SocketAccess.warning(for: address) { logger.notice("\(warning)") }
        return socket
    }

    private func arguments(_ surroundings: Surroundings, state: StateFolder) -> [String] {
        let config = surroundings.configPath.map { ["--config", $0] } ?? []
        return config + ["--state", state.root]
    }
}

/// Why the program cannot start, in words.
struct StartFailure: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) {
        self.description = description
    }
}
