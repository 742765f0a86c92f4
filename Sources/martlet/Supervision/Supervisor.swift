import FastCGI
import Glibc
import Threading

/// Keeps worker processes running on one listening socket.
///
/// SIGHUP goes on to the workers, SIGTERM and SIGINT end them gently and then this process, SIGUSR2 replaces
/// the program by its new version without a pause: same process id, same socket, and the old workers finish
/// what they are doing. Has no thread but the main one, which waits for signals.
final class Supervisor {
    /// What the supervisor listens to; block them before any thread exists.
    static let signals = [SIGTERM, SIGINT, SIGHUP, SIGUSR2, SIGCHLD]
    /// How often the workers are asked whether they are ready, until one is.
    private static let readinessInterval = Duration.milliseconds(20)

    private let socket: ListeningSocket
    private let settings: SupervisorSettings
    private let report: (SupervisorEvent) -> Void
    private let wait: SignalWait
    private let lifeline: Pipe
    private let readiness: Pipe
    private var slots: [WorkerSlot]
    private var isReady = false
    /// Workers of the version before that still have to be told to leave.
    private var inherited: [pid_t]
    /// Workers that were told to leave, and when they are killed.
    private var retiring: [pid_t: ContinuousClock.Instant] = [:]

    /// Blocks `signals`; nil when descriptors have run out.
    ///
    /// - Parameters:
    ///   - socket: what the workers get as descriptor 0.
    ///   - settings: how many workers, and how patient.
    ///   - state: what the version before left.
    ///   - report: told what an operator should know.
    init?(
        socket: ListeningSocket,
        settings: SupervisorSettings,
        state: UpgradeState?,
        report: @escaping @Sendable (SupervisorEvent) -> Void
    ) {
        wait = SignalWait(blocking: Self.signals)
        // Ignored, as some parents leave it, it would never come, and the children's ends would be lost.
        signal(SIGCHLD, SIG_DFL)
        // A log whose reader is gone must not end the service.
        signal(SIGPIPE, SIG_IGN)
        guard let lifeline = state?.lifeline ?? Pipe(), let readiness = Pipe() else { return nil }
        _ = fcntl(readiness.reading, F_SETFL, O_NONBLOCK)
        if socket.descriptor != 0 { _ = fcntl(socket.descriptor, F_SETFD, FD_CLOEXEC) }
        self.socket = socket
        self.settings = settings
        self.report = report
        self.lifeline = lifeline
        self.readiness = readiness
        slots = Array(repeating: WorkerSlot(), count: settings.workers)
        inherited = state?.workers ?? []
    }

    /// Runs until SIGTERM or SIGINT has ended every worker.
    func run() {
        while true {
            reap()
            startDueWorkers()
            noticeReadiness()
            killOverdue()
            switch nextSignal() {
            case SIGHUP:
                report(.reloading)
                signalWorkers(SIGHUP)
            case SIGUSR2: upgrade()
            case SIGTERM, SIGINT: return stop()
            default: break
            }
        }
    }

    /// Every worker there is, in whatever state.
    private var workers: [pid_t] { slots.compactMap(\.process) + inherited + retiring.keys }

    private func signalWorkers(_ number: CInt) {
        for process in workers { kill(process, number) }
    }

    /// Sleeps until a signal comes or something is due.
    private func nextSignal() -> CInt? {
        let now = ContinuousClock.now
        var moments = slots.filter { $0.process == nil }.map(\.due) + retiring.values
        if !isReady { moments.append(now + Self.readinessInterval) }
        guard let next = moments.min() else { return wait.next() }
        return wait.next(within: max(.zero, next - now))
    }

    private func startDueWorkers() {
        let now = ContinuousClock.now
        for index in slots.indices where slots[index].isDue(at: now) {
            switch startWorker() {
            case .success(let process):
                slots[index].occupy(with: process, at: now)
                report(.workerStarted(process: process))
            case .failure(let error):
                report(.workerNotStarted(code: error.code, pause: slots[index].vacate(at: now)))
            }
        }
    }

    private func startWorker() -> Result<pid_t, SpawnError> {
        // Not by its path: there may be a new version by now, which an upgrade is to start.
        ChildProcess.start(
            "/proc/self/exe",
            arguments: [settings.program] + settings.workerArguments,
            variables: Self.variables,
            descriptors: [
                (ours: socket.descriptor, its: 0),
                (ours: lifeline.reading, its: WorkerLink.watchDescriptor),
                (ours: readiness.writing, its: WorkerLink.readyDescriptor),
            ]
        )
    }

    /// What workers find in their environment beside ours; who has set the allocator knows better.
    private static var variables: [String: String] {
        let allocator =
            getenv(Allocator.variable.name) == nil ? [Allocator.variable.name: Allocator.variable.value] : [:]
        return allocator.merging([WorkerLink.variable: "1"]) { _, new in new }
    }

    /// Takes note of every child that ended: one SIGCHLD may stand for several.
    private func reap() {
        var status: CInt = 0
        while case let process = waitpid(-1, &status, WNOHANG), process > 0 {
            inherited.removeAll { $0 == process }
            retiring[process] = nil
            guard let index = slots.firstIndex(where: { $0.process == process }) else { continue }
            let pause = slots[index].vacate(at: .now)
            report(.workerEnded(process: process, end: ProcessEnd(status: status), pause: pause))
        }
    }

    /// Reads the workers' bytes; with the first one the service is up, and the version before may go.
    private func noticeReadiness() {
        var bytes = [UInt8](repeating: 0, count: 64)
        guard read(readiness.reading, &bytes, bytes.count) > 0, !isReady else { return }
        isReady = true
        report(.ready)
        ServiceNotification.send("READY=1")
        guard !inherited.isEmpty else { return }
        report(.retiring(workers: inherited.count))
        let deadline = ContinuousClock.now + settings.drain
        for process in inherited {
            kill(process, SIGTERM)
            retiring[process] = deadline
        }
        inherited = []
    }

    private func killOverdue() {
        let now = ContinuousClock.now
        let overdue = retiring.filter { $0.value <= now }.keys
        for process in overdue {
            kill(process, SIGKILL)
            retiring[process] = nil
        }
        if !overdue.isEmpty { report(.killed(workers: overdue.count)) }
    }

    private func upgrade() {
        if let reason = refusal() { return report(.upgradeRefused(reason: reason)) }
        report(.upgrading(program: settings.program))
        let state = UpgradeState(socket: socket, lifeline: lifeline, workers: workers)
        let code = state.replaceProcess(by: settings.program)
        report(.upgradeRefused(reason: String(cString: strerror(code))))
    }

    /// Asks the new version whether it would work; nil when it would.
    private func refusal() -> String? {
        guard !settings.checkArguments.isEmpty else { return nil }
        let arguments = [settings.program] + settings.checkArguments
        guard case .success(let process) = ChildProcess.start(settings.program, arguments: arguments) else {
            return "“\(settings.program)” cannot be started"
        }
        let deadline = ContinuousClock.now + .seconds(30)
        var status: CInt = 0
        while waitpid(process, &status, WNOHANG) == 0 {
            if ContinuousClock.now >= deadline { kill(process, SIGKILL) }
            poll(nil, 0, 20)
        }
        let end = ProcessEnd(status: status)
        return end == .exited(status: 0) ? nil : "the new version's check ended with \(end)"
    }

    /// Ends every worker: gently, and after the time limit or a second SIGINT at once.
    private func stop() {
        report(.stopping)
        ServiceNotification.send("STOPPING=1")
        signalWorkers(SIGTERM)
        var deadline = ContinuousClock.now + settings.drain
        while !reapLast() {
            let left = deadline - .now
            if left <= .zero {
                report(.killed(workers: workers.count))
                signalWorkers(SIGKILL)
                deadline += .seconds(3600)
            } else if wait.next(within: left) == SIGINT {
                deadline = .now
            }
        }
    }

    /// Takes note of ended children; true when none is left.
    private func reapLast() -> Bool {
        var process: pid_t
        repeat { process = waitpid(-1, nil, WNOHANG) } while process > 0
        return process < 0
    }
}
