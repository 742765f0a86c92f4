import Curl
import Glibc
import Synchronization
import Testing

private struct Stop: Error {}

@Suite struct CancellationTests {
    /// A server that sends a head and then waits for the client to close.
    private static func silent(_ ended: Gate) -> @Sendable (LoopbackConnection) -> Void {
        { connection in
            _ = connection.request()
            connection.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
            connection.waitForEnd()
            ended.open()
        }
    }

    enum Departure: CaseIterable { case bytes, hangUp, peerClosed }

    @Test(arguments: Departure.allCases)
    func `a watched descriptor that becomes ready ends the transfer and closes the upstream`(
        departure: Departure
    ) throws {
        let ended = Gate()
        try withServer(Self.silent(ended)) { server in
            let pool = SessionPool()
            let gate = Gate()
            var sockets: [CInt] = [-1, -1]
            socketpair(AF_UNIX, CInt(SOCK_STREAM.rawValue), 0, &sockets)
            let watched = departure == .peerClosed ? sockets[0] : gate.descriptor
            #expect(throws: TransferInterruption.watchedDescriptorReady) {
                try pool.run(Transfer(url: server.url()), watching: watched) { _ in
                    switch departure {
                    case .bytes: gate.open()
                    case .hangUp: gate.hangUp()
                    case .peerClosed: close(sockets[1])
                    }
                }
            }
            #expect(ended.wait())
            #expect(pool.idleCount == 0)
        }
    }

    @Test func `a descriptor that does not exist ends the transfer`() throws {
        let ended = Gate()
        try withServer(Self.silent(ended)) { server in
            #expect(throws: TransferInterruption.watchedDescriptorReady) {
                try Session().run(Transfer(url: server.url()), watching: 1_000_000) { _ in }
            }
        }
    }

    @Test func `an error out of the receiver comes back as it is and closes the upstream`() throws {
        let ended = Gate()
        try withServer(Self.silent(ended)) { server in
            let pool = SessionPool()
            #expect(throws: Stop.self) {
                try pool.run(Transfer(url: server.url())) { _ in throw Stop() }
            }
            #expect(ended.wait())
            #expect(pool.idleCount == 0)
        }
    }

    @Test func `wakes come at their instants and may end the transfer`() throws {
        let ended = Gate()
        try withServer(Self.silent(ended)) { server in
            var due = ContinuousClock.now + .milliseconds(20)
            var delays: [Duration] = []
            #expect(throws: Stop.self) {
                try SessionPool().run(
                    Transfer(url: server.url()),
                    wakingAt: { due },
                    onWake: {
                        delays.append(ContinuousClock.now - due)
                        due = ContinuousClock.now + .milliseconds(20)
                        if delays.count == 3 { throw Stop() }
                    },
                    deliver: { _ in }
                )
            }
            #expect(delays.count == 3)
            #expect(delays.allSatisfy { $0 >= .zero })
            #expect(ended.wait())
        }
    }
}
