import CFastCGI
import Glibc
import Synchronization

/// Accepts connections for the threads of a responder, and lets them go when it is stopped.
///
/// libfcgi could accept by itself, but a signal that ends its wait can also drop a request that has just
/// begun: it gives up reading on EINTR. So the wake-up signal is unblocked only while a thread waits here.
final class Acceptor: Sendable {
    /// Ignored by default and used by nobody else here: harmless when it comes late.
    static let wakeUpSignal = SIGURG

    private let socket: ListeningSocket
    private let isTCP: Bool
    private let settings: ResponderSettings
    private let report: @Sendable (ResponderEvent) -> Void
    private let stopped = Atomic<Bool>(false)
    private let waiting = Atomic<Int>(0)
    private let rota = AcceptRota()
    private let stopTime = Mutex<ContinuousClock.Instant?>(nil)
    private let nextReport = Mutex(ContinuousClock.now)

    init(
        socket: ListeningSocket,
        settings: ResponderSettings,
        report: @escaping @Sendable (ResponderEvent) -> Void
    ) {
        self.socket = socket
        self.settings = settings
        self.report = report
        isTCP = socket.isTCP
        // Whoever opened the socket may have wanted no waiting; here everyone waits.
        let flags = fcntl(socket.descriptor, F_GETFL)
        if flags >= 0, flags & O_NONBLOCK != 0 { _ = fcntl(socket.descriptor, F_SETFL, flags & ~O_NONBLOCK) }
        // A handler that does nothing, without SA_RESTART: the signal's only effect is EINTR.
        var action = sigaction()
        action.__sigaction_handler.sa_handler = { _ in }
        sigaction(Self.wakeUpSignal, &action, nil)
    }

    /// Whether nothing is accepted any more.
    var hasStopped: Bool { stopped.load(ordering: .acquiring) }

    /// How many threads a wake-up signal would reach.
    var waitingThreads: Int { waiting.load(ordering: .acquiring) }

    /// Accepts nothing from now on; threads that wait notice at their next wake-up signal.
    func stop() {
        stopTime.withLock { $0 = $0 ?? .now }
        stopped.store(true, ordering: .releasing)
        rota.close()
    }

    /// Waits for a connection; nil after `stop`.
    func next() -> CInt? {
        guard rota.enter() else { return nil }
        defer { rota.leave() }
        while !hasStopped {
            let (descriptor, code) = interruptibly {
                let descriptor = martlet_accept(socket.descriptor)
                return (descriptor, errno)
            }
            if descriptor >= 0 {
                configure(descriptor)
                return descriptor
            }
            if code != EINTR, code != ECONNABORTED { pauseAfter(code) }
        }
        return nil
    }

    /// Waits for the next request on a kept connection; false when it is to be closed.
    ///
    /// Only the web server can end a kept connection without losing a request that it is just sending. So one is also
    /// kept while the responder drains, for as long as web servers keep theirs.
    func awaitMore(on descriptor: CInt) -> Bool {
        var deadline = ContinuousClock.now + settings.receiveTimeout
        while true {
            if let end = stopTime.withLock({ $0 }) {
                deadline = min(deadline, end + settings.keptConnectionGrace)
            }
            let wait = deadline - .now
            guard wait > .zero else { return false }
            // In portions, to hear of the stop.
            let portion = min(wait, .seconds(1)) / .milliseconds(1)
            var watched = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
            if poll(&watched, 1, CInt(portion.rounded(.up))) == 1 { return true }
        }
    }

    /// Runs a blocking call during which the wake-up signal gets through.
    private func interruptibly<Result>(_ call: () -> Result) -> Result {
        var signals = sigset_t()
        sigemptyset(&signals)
        sigaddset(&signals, Self.wakeUpSignal)
        waiting.add(1, ordering: .acquiringAndReleasing)
        pthread_sigmask(SIG_UNBLOCK, &signals, nil)
        defer {
            pthread_sigmask(SIG_BLOCK, &signals, nil)
            waiting.subtract(1, ordering: .acquiringAndReleasing)
        }
        return call()
    }

    /// A failed accept fails again at once: without a pause the threads would spin.
    private func pauseAfter(_ code: CInt) {
        let now = ContinuousClock.now
        let isDue = nextReport.withLock { next in
            guard now >= next else { return false }
            next = now + .seconds(1)
            return true
        }
        if isDue { report(.acceptFailed(code: code)) }
        _ = interruptibly { poll(nil, 0, 100) }
    }

    private func configure(_ descriptor: CInt) {
        set(SO_SNDTIMEO, to: settings.sendTimeout, on: descriptor)
        set(SO_RCVTIMEO, to: settings.receiveTimeout, on: descriptor)
        guard isTCP else { return }
        var yes: CInt = 1
        setsockopt(descriptor, CInt(IPPROTO_TCP), TCP_NODELAY, &yes, socklen_t(MemoryLayout<CInt>.size))
    }

    private func set(_ option: CInt, to limit: Duration, on descriptor: CInt) {
        let (seconds, attoseconds) = limit.components
        var time = timeval(tv_sec: Int(seconds), tv_usec: Int(attoseconds / 1_000_000_000_000))
        setsockopt(descriptor, SOL_SOCKET, option, &time, socklen_t(MemoryLayout<timeval>.size))
    }
}
