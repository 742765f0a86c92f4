import Curl
import HTTPTypes
import Synchronization
import Testing
import Threading

@Suite struct ReuseTests {
    @Test func `a warm connection is used again`() throws {
        try withServer {
            $0.answerAll("x")
        } _: { server in
            let pool = SessionPool()
            for _ in 0..<5 { _ = try pool.answer(to: Transfer(url: server.url())) }
            #expect(server.connectionCount == 1)
            #expect(pool.idleCount == 1)
        }
    }

    @Test func `the fields of one transfer do not reach the next`() throws {
        let heads = Mutex<[String]>([])
        try withServer { connection in
            while let request = connection.request() {
                heads.withLock { $0.append(request.head) }
                connection.answer("")
            }
        } _: { server in
            let session = try Session()
            _ = try session.answer(
                to: Transfer(
                    method: .post,
                    url: server.url("/first"),
                    fields: [.authorization: "secret"],
                    body: [1]
                )
            )
            _ = try session.answer(to: Transfer(url: server.url("/second")))
            let second = try #require(heads.withLock { $0.last })
            #expect(second.hasPrefix("GET /second HTTP/1.1\r\nHost: "))
            #expect(!second.contains("secret") && !second.contains("Content"))
        }
    }

    @Test func `a connection closed while it was idle is replaced`() throws {
        let closed = Gate()
        try withServer { connection in
            _ = connection.request()
            connection.answer("\(connection.number)")
            closed.open()
        } _: { server in
            let pool = SessionPool()
            let transfer = Transfer(method: .post, url: server.url(), body: [1])
            let first = try pool.answer(to: transfer)
            #expect(first.text == "1")
            closed.wait()
            let second = try pool.answer(to: transfer)
            #expect(second.text == "2")
        }
    }

    @Test func `a request is sent again when its kept connection closes without a byte`() throws {
        let posts = Atomic(0)
        try withServer { connection in
            while connection.request() != nil {
                posts.add(1, ordering: .relaxed)
                // The first connection takes the second request and closes.
                if connection.number == 1, posts.load(ordering: .relaxed) == 2 { return }
                connection.answer("\(connection.number)")
            }
        } _: { server in
            let session = try Session()
            let transfer = Transfer(method: .post, url: server.url(), body: Array("body".utf8))
            let first = try session.answer(to: transfer)
            #expect(first.text == "1")
            let second = try session.answer(to: transfer)
            #expect(second.text == "2")
            #expect(posts.load(ordering: .relaxed) == 3)
        }
    }

    @Test(arguments: ["HTTP/1.1 200 OK\r\n", "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\na"])
    func `a request is not sent again once a line has come back`(beginning: String) throws {
        let posts = Atomic(0)
        try withServer { connection in
            while connection.request() != nil {
                if posts.add(1, ordering: .relaxed).newValue == 2 {
                    connection.send(beginning)
                    return
                }
                connection.answer("x")
            }
        } _: { server in
            let session = try Session()
            let transfer = Transfer(method: .post, url: server.url(), body: [1])
            _ = try session.answer(to: transfer)
            #expect(throws: TransferError.self) { try session.answer(to: transfer) }
            #expect(posts.load(ordering: .relaxed) == 2)
            #expect(server.connectionCount == 1)
        }
    }

    @Test func `the least recently used origin gives way when too many sessions wait`() throws {
        try withServer {
            $0.answerAll("x")
        } _: { first in
            try withServer {
                $0.answerAll("x")
            } _: { second in
                let pool = SessionPool(maximumIdleCount: 1)
                _ = try pool.answer(to: Transfer(url: first.url()))
                _ = try pool.answer(to: Transfer(url: second.url()))
                pool.trim()
                #expect(pool.idleCount == 1)
                _ = try pool.answer(to: Transfer(url: second.url()))
                #expect(second.connectionCount == 1)
                _ = try pool.answer(to: Transfer(url: first.url()))
                #expect(first.connectionCount == 2)
            }
        }
    }

    @Test func `threads share a pool`() throws {
        try withServer { connection in
            while let request = connection.request() {
                connection.answer(String(decoding: request.body, as: UTF8.self))
            }
        } _: { server in
            let pool = SessionPool()
            let right = Atomic(0)
            let url = server.url()
            withThreads(32) { thread in
                for round in 0..<7 {
                    let text = "\(thread) \(round)"
                    let transfer = Transfer(method: .post, url: url, body: Array(text.utf8))
                    if (try? pool.answer(to: transfer))?.text == text { right.add(1, ordering: .relaxed) }
                }
            }
            #expect(right.load(ordering: .relaxed) == 224)
            #expect(server.connectionCount <= 32)
        }
    }
}

/// Runs `body` on `count` threads and waits for them.
private func withThreads(_ count: Int, _ body: @escaping @Sendable (Int) -> Void) {
    let threads = (0..<count).map { index in
        try? WorkerThread(name: "client") { body(index) }
    }
    for thread in threads { thread?.join() }
}
