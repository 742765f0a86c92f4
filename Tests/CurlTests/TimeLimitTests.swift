import Curl
import Glibc
import HTTPTypes
import Testing

@Suite struct TimeLimitTests {
    private func failure(
        _ limits: TimeLimits,
        body: [UInt8]? = nil,
        opening gate: Gate? = nil,
        _ script: @escaping @Sendable (LoopbackConnection) -> Void
    ) throws -> TransferError? {
        let ended = Gate()
        let server = try LoopbackServer { connection in
            script(connection)
            connection.waitForEnd()
            ended.open()
        }
        defer { server.stop() }
        var transfer = Transfer(method: .post, url: server.url(), body: body)
        transfer.limits = limits
        let error = #expect(throws: TransferError.self) { try SessionPool().answer(to: transfer) }
        gate?.open()
        #expect(ended.wait())
        return error
    }

    private static let head = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"

    @Test func `a silent server meets the first-byte limit`() throws {
        let error = try failure(TimeLimits(firstByte: .milliseconds(40))) { _ = $0.request() }
        #expect(error == .firstByteTimeout)
    }

    @Test func `an informational answer does not lift the first-byte limit`() throws {
        let error = try failure(TimeLimits(firstByte: .milliseconds(40))) { connection in
            _ = connection.request()
            connection.send("HTTP/1.1 103 Early Hints\r\n\r\n")
        }
        #expect(error == .firstByteTimeout)
    }

    @Test func `half a head meets the first-byte limit`() throws {
        let error = try failure(TimeLimits(firstByte: .milliseconds(40))) { connection in
            _ = connection.request()
            connection.send("HTTP/1.1 200 OK\r\nX-Half: ")
        }
        #expect(error == .firstByteTimeout)
    }

    @Test func `a server that does not read the body meets the first-byte limit`() throws {
        let body = [UInt8](repeating: 0, count: 30_000_000)
        let limits = TimeLimits(firstByte: .milliseconds(100))
        // The connection's end lies behind bytes that were not read: it shows when they are.
        let gaveUp = Gate()
        let error = try failure(limits, body: body, opening: gaveUp) { _ in gaveUp.wait() }
        #expect(error == .firstByteTimeout)
    }

    @Test func `a stream that falls silent meets the idle limit`() throws {
        let error = try failure(TimeLimits(idle: .milliseconds(40))) { connection in
            _ = connection.request()
            connection.send(Self.head)
            connection.sendChunk("one")
        }
        #expect(error == .idleTimeout)
    }

    @Test func `a stream that never ends meets the total limit`() throws {
        let limits = TimeLimits(idle: .seconds(5), total: .milliseconds(100))
        let error = try failure(limits) { connection in
            _ = connection.request()
            connection.send(Self.head)
            var watched = pollfd(fd: connection.descriptor, events: Int16(POLLIN), revents: 0)
            while poll(&watched, 1, 5) == 0 { connection.sendChunk("more") }
        }
        #expect(error == .totalTimeout)
    }

    @Test func `a receiver slower than the idle limit is not taken for a silent server`() throws {
        try withServer { connection in
            _ = connection.request()
            connection.answer("text")
        } _: { server in
            var transfer = Transfer(url: server.url())
            transfer.limits = TimeLimits(firstByte: .milliseconds(200), idle: .milliseconds(20))
            var answer = Answer()
            try Session().run(transfer) { piece in
                answer.add(piece)
                usleep(50_000)
            }
            #expect(answer.text == "text")
        }
    }

    @Test func `a server that does not accept meets the connect limit`() throws {
        // One connection waits in the queue; the kernel then ignores the others.
        let server = try LoopbackServer(backlog: 0, script: nil)
        let fillers = (0..<4).map { _ in
            socket(AF_INET, CInt(SOCK_STREAM.rawValue | SOCK_NONBLOCK.rawValue), 0)
        }
        defer { for filler in fillers { close(filler) } }
        var address = loopbackAddress(port: server.port)
        for filler in fillers {
            withUnsafeMutablePointer(to: &address) { pointer in
                pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                    _ = connect(filler, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
                }
            }
        }
        var transfer = Transfer(url: server.url())
        transfer.limits.connect = .milliseconds(50)
        #expect(throws: TransferError.connectTimeout) { try Session().answer(to: transfer) }
        server.stop()
    }
}
