import Glibc
import Threading

/// Carries log lines to a descriptor on a thread of its own, so that a stuck log never stops a request.
///
/// Lines are written in batches of at most 4,096 bytes (`PIPE_BUF`), so that those of several processes do not mix
/// even in a pipe, and at most every 10 ms, so that a busy process is not woken for each. When the queue is full, lines are
/// dropped and counted; the next line that finds room is preceded by one that says how many.
final class LogQueue: Sendable {
    private struct State {
        var lines: [[UInt8]] = []
        var bytes = 0
        var dropped = 0
        var isWriting = false
    }

    /// How much may wait: 1 MiB.
    private static let room = 1 << 20
    private static let longestBatch = 4_096
    private static let gatheringMicroseconds: UInt32 = 10_000
    private let state = Guarded(State())
    private let descriptor: CInt
    private let path: String?
    private let bell: (reading: CInt, writing: CInt)

    /// Starts the thread.
    ///
    /// - Parameter path: the file; nil for standard error.
    /// - Throws: `LogFileError` when the file cannot be opened; `ThreadError`.
    init(path: String?) throws {
        self.path = path
        descriptor = try Self.open(path)
        var ends: [CInt] = [-1, -1]
        guard pipe(&ends) == 0 else { throw ThreadError(code: errno) }
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        _ = fcntl(ends[1], F_SETFL, O_NONBLOCK)
        bell = (reading: ends[0], writing: ends[1])
        _ = try WorkerThread(name: "log", isDetached: true) { [self] in loop() }
    }

    /// Queues a line, which ends with a line feed.
    func add(_ line: [UInt8]) {
        let mustRing = state.withLock { state in
            guard state.bytes + line.count <= Self.room else {
                state.dropped += 1
                return false
            }
            state.lines.append(line)
            state.bytes += line.count
            defer { state.isWriting = true }
            return !state.isWriting
        }
        if mustRing { ring() }
    }

    /// Opens the file again, after a rotation.
    ///
    /// Keeps the old one when that fails.
    func reopen() {
        guard path != nil, let fresh = try? Self.open(path) else { return }
        // The number stays, so that a line on its way cannot end up in whatever is opened next.
        dup2(fresh, descriptor)
        _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
        close(fresh)
    }

    /// Waits until everything is written, a second at most.
    func flush() {
        for _ in 0..<200 where state.withLock({ $0.isWriting }) { usleep(5_000) }
    }

    private func ring() {
        var byte: UInt8 = 0
        _ = Glibc.write(bell.writing, &byte, 1)
    }

    private func loop() {
        var byte: UInt8 = 0
        while read(bell.reading, &byte, 1) > 0 {
            usleep(Self.gatheringMicroseconds)
            while let lines = nextLines() { write(lines) }
        }
    }

    private func write(_ lines: [[UInt8]]) {
        var batch: [UInt8] = []
        for line in lines {
            if !batch.isEmpty, batch.count + line.count > Self.longestBatch {
                put(batch)
                batch.removeAll(keepingCapacity: true)
            }
            batch += line
        }
        put(batch)
    }

    private func put(_ bytes: [UInt8]) {
        _ = Glibc.write(descriptor, bytes, bytes.count)
    }

    private func nextLines() -> [[UInt8]]? {
        state.withLock { state in
            guard !state.lines.isEmpty else {
                state.isWriting = false
                return nil
            }
            var lines = state.lines
            if state.dropped > 0 {
                lines.append(
                    Array(
                        #"{"level":"warning","message":"log lines dropped","count":\#(state.dropped)}"#.utf8
                    ) + [0x0a]
                )
            }
            state.lines = []
            state.bytes = 0
            state.dropped = 0
            return lines
        }
    }

    private static func open(_ path: String?) throws(LogFileError) -> CInt {
        guard let path else { return STDERR_FILENO }
        let descriptor = Glibc.open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0o640)
        guard descriptor >= 0 else { throw LogFileError(path: path, code: errno) }
        return descriptor
    }
}

/// Why the log file cannot be opened.
struct LogFileError: Error, CustomStringConvertible {
    let path: String
    let code: CInt

    var description: String { "cannot open the log file \(path): \(String(cString: strerror(code)))" }
}
