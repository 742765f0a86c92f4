import Curl
import HTTPTypes
import Synchronization
import Testing
import Threading

@Suite struct UploadTests {
    private static func upload(_ size: Int) -> Upload {
        Upload(size: size) {
            var sent = 0
            return { count in
                let piece = (sent..<min(sent + min(count, 7_001), size)).map { UInt8(truncatingIfNeeded: $0) }
                sent += piece.count
                return piece
            }
        }
    }

    private static func transfer(_ url: String, _ upload: Upload) -> Transfer {
        var transfer = Transfer(method: .post, url: url, fields: [.contentType: "x/y"])
        transfer.upload = upload
        return transfer
    }

    @Test(arguments: [0, 1, 16_384, 100_000, 3_000_000])
    func `a body that is produced while it is sent arrives whole`(size: Int) throws {
        let received = Mutex<[LoopbackConnection.Request]>([])
        try withServer { connection in
            while let request = connection.request() {
                received.withLock { $0.append(request) }
                connection.answer("done")
            }
        } _: { server in
            let answer = try Session().answer(to: Self.transfer(server.url(), Self.upload(size)))
            #expect(answer.text == "done")
            let request = try #require(received.withLock { $0.first })
            #expect(request.body == (0..<size).map { UInt8(truncatingIfNeeded: $0) })
            #expect(request.head.contains("Content-Length: \(size)\r\n"))
            #expect(request.head.contains("Content-Type: x/y\r\n"))
            #expect(!request.head.contains("Expect"))
            #expect(!request.head.contains("Transfer-Encoding"))
        }
    }

    @Test func `a body is produced anew when its kept connection closes without a byte`() throws {
        let posts = Atomic(0)
        try withServer { connection in
            while let request = connection.request() {
                posts.add(1, ordering: .relaxed)
                // The first connection takes the second request and closes.
                if connection.number == 1, posts.load(ordering: .relaxed) == 2 { return }
                connection.answer("\(connection.number) \(request.body.count)")
            }
        } _: { server in
            let session = try Session()
            var transfer = Self.transfer(server.url(), Self.upload(20_000))
            transfer.limits.total = .seconds(10)
            let first = try session.answer(to: transfer)
            #expect(first.text == "1 20000")
            let second = try session.answer(to: transfer)
            #expect(second.text == "2 20000")
        }
    }

    @Test func `the body of one transfer does not reach the next`() throws {
        let bodies = Mutex<[Int]>([])
        try withServer { connection in
            while let request = connection.request() {
                bodies.withLock { $0.append(request.body.count) }
                connection.answer("")
            }
        } _: { server in
            let session = try Session()
            _ = try session.answer(to: Self.transfer(server.url(), Self.upload(10)))
            _ = try session.answer(to: Transfer(method: .post, url: server.url(), body: [1, 2]))
            _ = try session.answer(to: Transfer(method: .post, url: server.url()))
            #expect(bodies.withLock { $0 } == [10, 2, 0])
        }
    }

    @Test func `a body shorter than it says is an error, not a hang`() throws {
        try withServer { connection in
            _ = connection.request()
        } _: { server in
            var transfer = Self.transfer(server.url(), Upload(size: 100) { { _ in [] } })
            transfer.limits.total = .seconds(5)
            #expect(throws: TransferError.self) { try Session().answer(to: transfer) }
        }
    }

    @Test func `an address that is not permitted is not connected to`() throws {
        try withServer {
            $0.answerAll("x")
        } _: { server in
            let session = try Session()
            var transfer = Transfer(url: server.url())
            transfer.permits = { $0 != [127, 0, 0, 1] }
            #expect(throws: TransferError.addressRefused) { try session.answer(to: transfer) }
            #expect(server.connectionCount == 0)
            transfer.permits = { $0 == [127, 0, 0, 1] }
            let answer = try Session().answer(to: transfer)
            #expect(answer.text == "x")
        }
    }
}
