import FastCGI
import Glibc
import MartletTesting
import Synchronization

/// No temporary folder could be made.
struct NoFolder: Error {}

/// A folder of its own with a listening socket in it, removed at the end.
final class TestSocket: Sendable {
    let folder: String
    let path: String
    let socket: ListeningSocket

    init(backlog: CInt = 4096) throws {
        var template = Array("/tmp/martlet-XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else { throw NoFolder() }
        folder = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
        path = folder + "/s"
        socket = try ListeningSocket.bind("unix:\(path)", backlog: backlog)
    }

    deinit {
        close(socket.descriptor)
        unlink(path)
        rmdir(folder)
    }
}

/// A queue between a handler's thread and the test.
///
/// Taking waits at most 20 s, so that no test hangs.
final class Channel<Value: Sendable>: Sendable {
    private let values = Mutex<[Value]>([])
    private let bell: (reading: CInt, writing: CInt)

    init() {
        var ends: [CInt] = [-1, -1]
        precondition(pipe(&ends) == 0)
        bell = (reading: ends[0], writing: ends[1])
    }

    deinit {
        close(bell.reading)
        close(bell.writing)
    }

    func put(_ value: Value) {
        values.withLock { $0.append(value) }
        _ = write(bell.writing, "!", 1)
    }

    var count: Int { values.withLock { $0.count } }

    func take() -> Value? {
        var watched = pollfd(fd: bell.reading, events: Int16(POLLIN), revents: 0)
        guard poll(&watched, 1, 20_000) == 1 else { return nil }
        var byte: UInt8 = 0
        guard read(bell.reading, &byte, 1) == 1 else { return nil }
        return values.withLock { $0.isEmpty ? nil : $0.removeFirst() }
    }
}

/// Serves in this process while `body` runs, and drains afterwards.
///
/// - Returns: whether the drain ended every exchange.
@discardableResult
func serving(
    settings: ResponderSettings = fewThreads,
    drain: Duration = .seconds(20),
    _ answer: @escaping Responder.Answer,
    while body: (TestSocket, Responder) throws -> Void
) throws -> Bool {
    let socket = try TestSocket()
    let responder = try Responder(on: socket.socket, settings: settings, answer: answer)
    do {
        try body(socket, responder)
    } catch {
        _ = responder.drain(within: drain)
        throw error
    }
    return responder.drain(within: drain)
}

/// Eight threads with patience for a test.
var fewThreads: ResponderSettings {
    var settings = ResponderSettings()
    settings.threads = 8
    return settings
}

/// Whether a descriptor becomes readable within 20 s.
func becomesReadable(_ descriptor: CInt) -> Bool {
    var watched = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
    return poll(&watched, 1, 20_000) == 1
}
