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

    @Test func `gives back the stack that deeper calls have left behind, and keeps its own`() throws {
        let notes = Notes<Int>()
        try WorkerThread(name: "test") {
            let own = Array(0..<1_000)
            notes.add(depth(64))
            let before = residentStack()
            #expect(ThreadStack.giveBack())
            notes.add(before - residentStack())
            #expect(own == Array(0..<1_000))
            notes.add(depth(64))
        }.join()
        let (first, given, again) = (notes.all[0], notes.all[1], notes.all[2])
        #expect(first == again)
        #expect(given >= 48 * 1_024, "64 frames of a kilobyte had been touched")
    }
}

/// Touches a kilobyte of stack for each call.
@inline(never)
private func depth(_ calls: Int) -> Int {
    withUnsafeTemporaryAllocation(byteCount: 1_024, alignment: 16) { room in
        room.initializeMemory(as: UInt8.self, repeating: UInt8(calls & 0xff))
        return calls == 0 ? 0 : depth(calls - 1) + Int(room[1_023]) - (calls & 0xff) + 1
    }
}

/// How much of this thread's stack is in memory, in bytes.
private func residentStack() -> Int {
    var local = 0
    let here = withUnsafeMutablePointer(to: &local) { UInt(bitPattern: $0) }
    guard let maps = fopen("/proc/self/smaps", "r") else { return 0 }
    defer { fclose(maps) }
    var line = [CChar](repeating: 0, count: 512)
    var isOwn = false
    while fgets(&line, 512, maps) != nil {
        let text = String(decoding: line.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
        let words = text.split(separator: " ")
        let ends = words.first?.split(separator: "-").compactMap { UInt($0, radix: 16) } ?? []
        if ends.count == 2 { isOwn = (ends[0]..<ends[1]).contains(here) }
        if isOwn, words.first == "Rss:", words.count > 1 { return (Int(words[1]) ?? 0) * 1_024 }
    }
    return 0
}
