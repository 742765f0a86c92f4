import Curl
import HTTPTypes
import Synchronization
import Testing

@Suite struct RequestTests {
    /// Sends a transfer and returns what the server has read.
    private func received(_ make: (LoopbackServer) -> Transfer) throws -> LoopbackConnection.Request {
        let seen = Mutex<LoopbackConnection.Request?>(nil)
        let server = try LoopbackServer { connection in
            let request = connection.request()
            seen.withLock { $0 = request }
            connection.answer("")
        }
        defer { server.stop() }
        _ = try Session().answer(to: make(server))
        return try #require(seen.withLock { $0 })
    }

    @Test func `a request carries its own fields and nothing else`() throws {
        let request = try received { server in
            Transfer(
                method: .post,
                url: server.url("/v1/../x%2Fy?q=1"),
                fields: [.authorization: "Bearer k", .contentType: "application/json", .cacheControl: ""],
                body: Array("{}".utf8)
            )
        }
        let lines = request.head.split(separator: "\r\n").filter { !$0.hasPrefix("Host: ") }
        #expect(
            lines == [
                "POST /v1/../x%2Fy?q=1 HTTP/1.1", "Authorization: Bearer k", "Content-Type: application/json",
                "Cache-Control:", "Content-Length: 2",
            ]
        )
        #expect(request.body == Array("{}".utf8))
    }

    @Test(arguments: [HTTPRequest.Method.get, .head, .delete, .options])
    func `a method without a body announces none`(method: HTTPRequest.Method) throws {
        let request = try received { Transfer(method: method, url: $0.url()) }
        #expect(request.line == "\(method.rawValue) / HTTP/1.1")
        #expect(!request.head.lowercased().contains("content-"))
    }

    @Test(arguments: [nil, []] as [[UInt8]?])
    func `a post without bytes announces that it has none`(body: [UInt8]?) throws {
        let request = try received { Transfer(method: .post, url: $0.url(), body: body) }
        #expect(request.head.contains("Content-Length: 0\r\n"))
    }

    @Test func `framing fields of the caller are dropped`() throws {
        let request = try received { server in
            Transfer(
                method: .put,
                url: server.url(),
                fields: [
                    .contentLength: "100", .transferEncoding: "chunked", .expect: "100-continue",
                    .connection: "close",
                ],
                body: [1, 2, 3]
            )
        }
        #expect(request.body == [1, 2, 3])
        #expect(!request.head.contains("chunked") && !request.head.contains("100"))
    }

    @Test func `a body of 20 MB arrives whole, without waiting for leave to send it`() throws {
        let body = (0..<20_000_000).map { UInt8(truncatingIfNeeded: $0 &* 31) }
        let request = try received { Transfer(method: .post, url: $0.url(), body: body) }
        #expect(request.body == body)
        #expect(!request.head.contains("Expect"))
    }

    @Test func `line breaks in a field's value do not make a field`() throws {
        let request = try received { server in
            Transfer(url: server.url(), fields: [.authorization: "k\r\nX-Injected: 1\n\n"])
        }
        #expect(!request.head.contains("\r\nX-Injected"))
    }

    @Test(arguments: [
        "/ HTTP/1.1\r\nX-Injected: 1\r\n\r\n", "/a b", "/\u{0}", "/ä", "/\u{7F}",
    ])
    func `a path that would break the request line is refused`(path: String) throws {
        try withServer {
            $0.answerAll("")
        } _: { server in
            #expect(throws: TransferError.invalidRequest) {
                try Session().answer(to: Transfer(url: server.url(path)))
            }
            #expect(throws: TransferError.invalidRequest) {
                try SessionPool().answer(to: Transfer(url: server.url(path)))
            }
            #expect(server.connectionCount == 0)
        }
    }

    @Test(arguments: [
        "", "x", "ftp://127.0.0.1/", "file:///etc/hostname", "http://", "http://a:b@127.0.0.1/",
    ])
    func `what is not a plain web address is refused`(url: String) throws {
        #expect(throws: TransferError.invalidRequest) { try Session().answer(to: Transfer(url: url)) }
    }

    @Test func `a proxy is used when it is asked for`() throws {
        let request = try received { server in
            var transfer = Transfer(url: "http://upstream.invalid/x")
            transfer.proxy = server.url()
            return transfer
        }
        #expect(request.line == "GET http://upstream.invalid/x HTTP/1.1")
    }

    @Test func `a name without an address and a port without a listener are told apart`() throws {
        // A label of 64 bytes is refused by the resolver itself.
        let name = String(repeating: "a", count: 64)
        #expect(throws: TransferError.resolve) {
            try Session().answer(to: Transfer(url: "http://\(name).invalid/"))
        }
        #expect(throws: TransferError.connect) {
            try Session().answer(to: Transfer(url: "http://127.0.0.1:1/"))
        }
    }
}
