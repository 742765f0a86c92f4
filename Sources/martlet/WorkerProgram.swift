import FastCGI
import Glibc
import Logging
import MartletFront
import MartletWeb
import Synchronization
import Threading

/// One worker process: threads that answer, a housekeeper, and the main thread, which waits for signals.
struct WorkerProgram {
    private let surroundings: Surroundings

    init(_ surroundings: Surroundings) {
        self.surroundings = surroundings
    }

    /// Answers until it is told to leave, and then until the running requests have ended.
    func run() throws {
        if PlainCGI.isCGI { return try CGIProgram(surroundings).run() }
        let signals = SignalWait(blocking: [SIGTERM, SIGINT, SIGHUP, SIGUSR1])
        let link = WorkerLink.inherited()
        guard let socket = ListeningSocket.inherited() else {
            throw Failure.start(StartFailure("descriptor 0 is not a listening socket; use 'martlet serve'"))
        }
        do {
            try work(on: socket, link: link, signals: signals)
        } catch let faults as ConfigurationFaults {
            throw Failure.settings(faults)
        } catch {
            throw Failure.start(error)
        }
    }

    private func work(on socket: ListeningSocket, link: WorkerLink?, signals: SignalWait) throws {
        Allocator.configure()
        let configuration = try surroundings.configuration()
        let state = try StateFolder(surroundings.statePath)
        let log = try LogQueue(path: configuration.logFile.map(state.path))
        let service = try LiveService(configuration, surroundings: surroundings, log: log)
        var settings = ResponderSettings()
        settings.threads = configuration.server.threads
        _ = DescriptorLimit.raise(to: DescriptorLimit.need(threads: settings.threads))
        let responder = try Responder(
            on: socket,
            settings: settings,
            report: { event in service.logger.warning("\(event)") },
            answer: { exchange in service.front.answer(exchange) }
        )
        try link?.watch { kill(getpid(), SIGTERM) }
        link?.announceReady()
        service.logger.info("worker accepts", metadata: ["threads": .stringConvertible(settings.threads)])
        while signals.next() == SIGHUP {
            log.reopen()
            service.reload()
        }
        // The last requests are ended a moment before, so that each still has its last word and its line in the log.
        service.drain.begin(endingAt: .now + configuration.server.drain * 0.95)
        let allEnded = responder.drain(within: configuration.server.drain)
        service.finish()
        service.logger.info("worker leaves", metadata: ["all_requests_ended": .stringConvertible(allEnded)])
        log.flush()
    }
}
