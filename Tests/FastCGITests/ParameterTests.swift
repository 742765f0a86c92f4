import FastCGI
import MartletTesting
import Testing

@Suite struct `Parameters of an exchange` {
    @Test func `arrive by name and are nil when absent`() throws {
        let seen = Channel<[String?]>()
        try serving { exchange in
            seen.put(
                ["REQUEST_METHOD", "QUERY_STRING", "REQUEST", "NOT_THERE"].map { exchange.parameters[$0] }
            )
        } while: { socket, _ in
            let client = try FastCGIClient(path: socket.path)
            _ = try client.exchange(["REQUEST_METHOD": "GET", "QUERY_STRING": ""])
            #expect(seen.take() == ["GET", "", nil, nil])
        }
    }

    @Test func `may be large`() throws {
        let seen = Channel<Int>()
        let large = [UInt8](repeating: UInt8(ascii: "x"), count: 300_000)
        try serving { exchange in
            seen.put(exchange.parameters.bytes(of: "HTTP_COOKIE")?.count ?? -1)
            seen.put(exchange.parameters.reduce(0) { count, _ in count + 1 })
        } while: { socket, _ in
            let client = try FastCGIClient(path: socket.path)
            let others = (0..<500).map { ("HTTP_X_\($0)", [UInt8](repeating: 65, count: 200)) }
            try client.begin([("HTTP_COOKIE", large)] + others)
            try client.send(.input)
            #expect(try client.answer().isComplete)
            #expect(seen.take() == 300_000)
            // The library adds FCGI_ROLE.
            #expect(seen.take() == 502)
        }
    }

    @Test func `keep bytes that are no UTF-8`() throws {
        let raw = Channel<[UInt8]?>()
        let text = Channel<String?>()
        try serving { exchange in
            raw.put(exchange.parameters.bytes(of: "HTTP_NAME"))
            text.put(exchange.parameters["HTTP_NAME"])
        } while: { socket, _ in
            let client = try FastCGIClient(path: socket.path)
            try client.begin([("HTTP_NAME", [0x61, 0xff, 0x3d, 0x62])])
            try client.send(.input)
            _ = try client.answer()
            #expect(raw.take() == [0x61, 0xff, 0x3d, 0x62])
            #expect(text.take() == "a\u{fffd}=b")
        }
    }

    @Test func `are listed in the order sent`() throws {
        let seen = Channel<[String]>()
        try serving { exchange in
            seen.put(exchange.parameters.map { "\($0.name)=\(String(decoding: $0.value, as: UTF8.self))" })
        } while: { socket, _ in
            let client = try FastCGIClient(path: socket.path)
            try client.begin([("B", [49]), ("A", []), ("C", [50])])
            try client.send(.input)
            _ = try client.answer()
            #expect(seen.take()?.suffix(3) == ["B=1", "A=", "C=2"])
        }
    }
}
