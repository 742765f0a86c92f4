import Curl
import HTTPTypes
import Testing

@Suite struct AnswerTests {
    @Test func `a plain answer arrives with status, fields and body`() throws {
        try withServer { connection in
            _ = connection.request()
            connection.answer(
                "hello",
                status: "201 Created",
                fields: "X-Mark: one\r\nx-mark: two\r\nEmpty:\r\n"
            )
        } _: { server in
            let answer = try Session().answer(to: Transfer(url: server.url("/a/../b?c=%2F")))
            #expect(answer.status == 201)
            #expect(answer.text == "hello")
            let mark = try #require(HTTPField.Name("x-mark"))
            #expect(answer.fields[values: mark] == ["one", "two"])
            let empty = try #require(HTTPField.Name("empty"))
            #expect(answer.fields[empty] == "")
        }
    }

    @Test func `fields keep their spelling, and lose the blanks around their values`() throws {
        try withServer { connection in
            _ = connection.request()
            connection.answer(
                "x",
                fields: "Content-Type: \t text/plain \t\r\ncontent-language:de\r\nserver: a  b\r\nSERVER:\r\n"
                    + "Bad Name: x\r\nETag: \"\u{e9}\"\r\n"
            )
        } _: { server in
            let fields = try Session().answer(to: Transfer(url: server.url())).fields
            #expect(fields[.contentType] == "text/plain")
            #expect(fields[.contentLanguage] == "de")
            #expect(fields[values: .server] == ["a  b", ""])
            #expect(fields[.eTag] == "\"\u{e9}\"")
            let names = fields.map(\.name.rawName)
            #expect(names.contains("Content-Type") && names.contains("content-language"))
            #expect(names.contains("server") && names.contains("SERVER"))
            #expect(!names.contains("Bad Name"))
        }
    }

    @Test(arguments: [301, 302, 400, 401, 404, 429, 500, 503])
    func `an error or a redirect is an answer`(status: Int) throws {
        try withServer { connection in
            while connection.request() != nil {
                connection.answer("no", status: "\(status) Reason", fields: "Location: /elsewhere\r\n")
            }
        } _: { server in
            let answer = try Session().answer(to: Transfer(url: server.url()))
            #expect(answer.status == status)
            #expect(answer.text == "no")
            #expect(server.connectionCount == 1)
        }
    }

    @Test func `a stream is delivered piece by piece while it arrives, its head first`() throws {
        let gates = (0..<3).map { _ in Gate() }
        try withServer { connection in
            _ = connection.request()
            connection.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTrailer: X-End\r\n\r\n")
            gates[0].wait()
            connection.sendChunk("one")
            gates[1].wait()
            connection.sendChunk("two")
            gates[2].wait()
            connection.send("0\r\nX-End: yes\r\n\r\n")
        } _: { server in
            var pieces: [Piece] = []
            try Session().run(Transfer(url: server.url())) { piece in
                gates[pieces.count].open()
                pieces.append(piece)
            }
            #expect(pieces.count == 3)
            #expect(pieces.dropFirst() == [.body(Array("one".utf8)), .body(Array("two".utf8))])
        }
    }

    @Test func `informational answers are not shown`() throws {
        try withServer { connection in
            _ = connection.request()
            connection.send("HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\nHTTP/1.1 100 Continue\r\n\r\n")
            connection.answer("final")
        } _: { server in
            let answer = try Session().answer(to: Transfer(url: server.url()))
            #expect(answer.status == 200)
            #expect(!answer.fields.contains { $0.name.canonicalName == "link" })
            #expect(answer.pieceCount == 2)
        }
    }

    @Test func `an answer without a length ends with its connection`() throws {
        try withServer { connection in
            _ = connection.request()
            connection.send("HTTP/1.1 200 OK\r\n\r\nuntil the end")
        } _: { server in
            let answer = try Session().answer(to: Transfer(url: server.url()))
            #expect(answer.text == "until the end")
        }
    }

    @Test func `a connection closed before the head is a cut`() throws {
        try withServer {
            _ = $0.request()
        } _: { server in
            #expect(throws: TransferError.cut(afterHead: false)) {
                try Session().answer(to: Transfer(method: .post, url: server.url(), body: [1]))
            }
            #expect(server.connectionCount == 1)
        }
    }

    @Test(arguments: ["Content-Length: 10\r\n\r\nabc", "Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n"])
    func `a connection closed inside the body is a cut after what has arrived`(rest: String) throws {
        try withServer { connection in
            _ = connection.request()
            connection.send("HTTP/1.1 200 OK\r\n\(rest)")
        } _: { server in
            var answer = Answer()
            #expect(throws: TransferError.cut(afterHead: true)) {
                try Session().run(Transfer(url: server.url())) { answer.add($0) }
            }
            #expect(answer.text == "abc")
        }
    }

    @Test func `an answer that is not HTTP is malformed`() throws {
        try withServer { connection in
            _ = connection.request()
            connection.send("SSH-2.0-nothing\r\n\r\n")
        } _: { server in
            #expect(throws: TransferError.malformed) {
                try Session().answer(to: Transfer(url: server.url()))
            }
        }
    }

    @Test func `a body larger than allowed stops, one of exactly that size passes`() throws {
        try withServer {
            $0.answerAll("0123456789")
        } _: { server in
            var transfer = Transfer(url: server.url())
            transfer.maximumBodySize = 10
            let answer = try Session().answer(to: transfer)
            #expect(answer.text == "0123456789")
            transfer.maximumBodySize = 9
            #expect(throws: TransferError.tooLarge) { try Session().answer(to: transfer) }
        }
    }

    @Test func `an endless head stops`() throws {
        try withServer { connection in
            _ = connection.request()
            connection.send("HTTP/1.1 200 OK\r\n")
            let line = "X-Fill: \(String(repeating: "x", count: 1000))\r\n"
            for _ in 0..<1000 { connection.send(line) }
        } _: { server in
            #expect(throws: TransferError.tooLarge) {
                try Session().answer(to: Transfer(url: server.url()))
            }
        }
    }
}
