import Glibc
import Synchronization
import Testing
import Threading

/// Collects what threads have to say.
private final class Notes<Value: Sendable>: Sendable {
    private let values = Mutex<[Value]>([])

    func add(_ value: Value) { values.withLock { $0.append(value) } }
    var all: [Value] { values.withLock { $0 } }
}

@Suite struct `A worker thread` {
    @Test func `runs its body once and can be joined`() throws {
        let notes = Notes<Int>()
        let threads = try (0..<20).map { number in
            try WorkerThread(name: "test") { notes.add(number) }
        }
        for thread in threads { thread.join() }
        #expect(notes.all.sorted() == Array(0..<20))
    }

    @Test func `carries the first 15 bytes of its name`() throws {
        let notes = Notes<String>()
        try WorkerThread(name: "a-name-that-is-too-long") {
            var bytes = [UInt8](repeating: 0, count: 32)
            let descriptor = open("/proc/thread-self/comm", O_RDONLY)
            let count = read(descriptor, &bytes, bytes.count)
            close(descriptor)
            notes.add(String(decoding: bytes.prefix(max(0, count)), as: UTF8.self))
        }.join()
        #expect(notes.all == ["a-name-that-is-\n"])
    }

    @Test func `starts with every signal blocked and leaves its creator's mask alone`() throws {
        var before = sigset_t()
        pthread_sigmask(SIG_BLOCK, nil, &before)
        let notes = Notes<Bool>()
        try WorkerThread(name: "test") {
            var mask = sigset_t()
            pthread_sigmask(SIG_BLOCK, nil, &mask)
            for signal in [SIGTERM, SIGPIPE, SIGURG, SIGUSR1] { notes.add(sigismember(&mask, signal) == 1) }
        }.join()
        var after = sigset_t()
        pthread_sigmask(SIG_BLOCK, nil, &after)
        #expect(notes.all == [true, true, true, true])
        #expect(sigismember(&before, SIGTERM) == sigismember(&after, SIGTERM))
    }

    @Test func `gets the signals that are sent to it`() throws {
        let notes = Notes<CInt>()
        let thread = try WorkerThread(name: "test") {
            notes.add(SignalWait(blocking: [SIGUSR2]).next())
        }
        thread.signal(SIGUSR2)
        thread.join()
        #expect(notes.all == [SIGUSR2])
    }

    @Test func `is refused when its stack cannot be had`() {
        #expect(throws: ThreadError.self) {
            try WorkerThread(name: "test", stackSize: 1 << 47) {}
        }
    }
}
