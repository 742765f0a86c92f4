import CFastCGI
import Glibc
import Synchronization
public import Threading

/// The accept loop of a FastCGI program: N threads, each of which carries one request from accept to finish.
///
/// libfcgi multiplexes nothing, so a thread is a request. A burst beyond the threads waits in the socket's
/// backlog. Safe from any thread.
public final class Responder: Sendable {
    /// What answers a request; when it returns, the answer is complete.
    public typealias Answer = @Sendable (Exchange) -> Void

    private let acceptor: Acceptor
    private let settings: ResponderSettings
    private let answer: Answer
    private let threads = Mutex<[WorkerThread]>([])
    private let alive = Atomic<Int>(0)
    private let inUse = Atomic<Int>(0)

    /// Starts the threads.
    ///
    /// - Parameters:
    ///   - socket: where the web server connects; it stays open after the drain.
    ///   - settings: how many threads, and how patient.
    ///   - report: told what an operator should know; called on a responder's thread.
    ///   - answer: called on a thread of its own for each request.
    /// - Throws: `ThreadError` when the system does not give that many threads.
    public init(
        on socket: ListeningSocket,
        settings: ResponderSettings = ResponderSettings(),
        report: @escaping @Sendable (ResponderEvent) -> Void = { _ in },
        answer: @escaping Answer
    ) throws(ThreadError) {
        precondition(settings.threads > 0)
        // After an answer the library waits, by default 2 s, for the web server to close its end: web servers
        // do so at once, and one that does not would hold a thread.
        setenv("LIBFCGI_OS_CLOSE_POLL_TIMEOUT", "20", 0)
        FCGX_Init()
        acceptor = Acceptor(socket: socket, settings: settings, report: report)
        self.settings = settings
        self.answer = answer
        do throws(ThreadError) {
            for number in 0..<settings.threads { try startThread(number) }
        } catch {
            _ = drain(within: .zero)
            throw error
        }
    }

    /// How many threads hold a connection at this moment.
    public var threadsInUse: Int { inUse.load(ordering: .relaxed) }

    /// How many threads there are.
    public var threadCount: Int { settings.threads }

    /// Stops accepting at once and waits until the running exchanges have ended.
    ///
    /// Connections that wait in the backlog are left to other processes. May be called again after a false.
    ///
    /// - Returns: whether all ended within the limit.
    public func drain(within limit: Duration) -> Bool {
        acceptor.stop()
        let deadline = ContinuousClock.now + limit
        while alive.load(ordering: .acquiring) > 0 {
            // A signal that comes just before a thread blocks is lost: repeat until none waits any more.
            if acceptor.waitingThreads > 0 {
                for thread in threads.withLock({ $0 }) { thread.signal(Acceptor.wakeUpSignal) }
            }
            if ContinuousClock.now >= deadline { return false }
            poll(nil, 0, acceptor.waitingThreads > 0 ? 2 : 20)
        }
        let ended = threads.withLock { threads in
            defer { threads = [] }
            return threads
        }
        for thread in ended { thread.join() }
        return true
    }

    private func startThread(_ number: Int) throws(ThreadError) {
        alive.add(1, ordering: .relaxed)
        do throws(ThreadError) {
            let thread = try WorkerThread(name: "request-\(number)", stackSize: settings.stackSize) {
                [self] in
                while let descriptor = acceptor.next() { serve(descriptor) }
                alive.subtract(1, ordering: .releasing)
            }
            threads.withLock { $0.append(thread) }
        } catch {
            alive.subtract(1, ordering: .relaxed)
            throw error
        }
    }

    /// Serves the requests of one connection; one, unless the web server keeps it.
    private func serve(_ descriptor: CInt) {
        inUse.add(1, ordering: .relaxed)
        defer { inUse.subtract(1, ordering: .relaxed) }
        let connection = Connection(descriptor: descriptor)
        while let exchange = connection.nextExchange() {
            answer(exchange)
            connection.finish(exchange)
            exchange.doWhatRemains()
            guard connection.isOpen, acceptor.awaitMore(on: descriptor) else { break }
        }
        connection.close()
    }
}
