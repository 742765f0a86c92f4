import FastCGI
import Glibc
import MartletTesting
import Testing

/// Answers with the body's size and last byte, or with the error's name.
private let echoSize: Responder.Answer = { exchange in
    do {
        let body = try exchange.input.read(
            limit: 100_000,
            expecting: exchange.parameters["CONTENT_LENGTH"].flatMap(Int.init)
        )
        try? exchange.output.write("\n\(body.count) \(body.last ?? 0)")
    } catch { try? exchange.output.write("\n\(error), read to its end: \(exchange.input.hasEnded)") }
}

@Suite struct `The input of an exchange` {
    @Test(arguments: [0, 1, 7, 4095, 4096, 4097, 8192, 16_384, 16_385, 99_999, 100_000])
    func `is read to its end`(size: Int) throws {
        try serving(echoSize) { socket, _ in
            let body = [UInt8](repeating: 7, count: size)
            let answer = try FastCGIClient(path: socket.path).exchange([:], body: body)
            #expect(answer.text == "\n\(size) \(size == 0 ? 0 : 7)")
        }
    }

    @Test func `may come in many small records`() throws {
        try serving(echoSize) { socket, _ in
            let client = try FastCGIClient(path: socket.path)
            try client.begin([])
            for byte in 0..<200 { try client.send(.input, [UInt8(byte)]) }
            try client.send(.input)
            #expect(try client.answer().text == "\n200 199")
        }
    }

    @Test(arguments: ["0", "3", "9000", "99999999999", "-1", "many", ""])
    func `does not depend on the length that was announced`(length: String) throws {
        try serving(echoSize) { socket, _ in
            let client = try FastCGIClient(path: socket.path)
            let body = [UInt8](repeating: 5, count: 9_000)
            let answer = try client.exchange(["CONTENT_LENGTH": length], body: body)
            #expect(answer.text == "\n9000 5")
        }
    }

    @Test(arguments: [100_001, 1_000_000])
    func `over the limit is read on, so that the answer arrives`(size: Int) throws {
        try serving(echoSize) { socket, _ in
            let body = [UInt8](repeating: 7, count: size)
            let answer = try FastCGIClient(path: socket.path).exchange([:], body: body)
            #expect(answer.text == "\ntooLarge(limit: 100000), read to its end: true")
            #expect(answer.isComplete)
        }
    }

    @Test(arguments: [(10, 10), (10, 11), (10, 4_096), (10, 5_000), (4_096, 4_096), (4_096, 4_097), (0, 1)])
    func `is refused above any limit, and its end reached`(limit: Int, size: Int) throws {
        let seen = Channel<[Int]>()
        try serving { exchange in
            let count = (try? exchange.input.read(limit: limit).count) ?? -1
            let rest = (try? exchange.input.read(limit: limit).count) ?? -1
            seen.put([count, rest, exchange.input.hasEnded ? 1 : 0])
        } while: { socket, _ in
            let body = [UInt8](repeating: 7, count: size)
            _ = try FastCGIClient(path: socket.path).exchange([:], body: body)
            #expect(seen.take() == [size <= limit ? size : -1, 0, 1])
        }
    }

    @Test func `without end is given up`() throws {
        let ended = Channel<Bool>()
        try serving { exchange in
            _ = try? exchange.input.read(limit: 10, discarding: 1000)
            ended.put(exchange.input.hasEnded)
        } while: { socket, _ in
            let client = try FastCGIClient(path: socket.path)
            try client.begin([])
            try client.send(.input, [UInt8](repeating: 0, count: 60_000))
            #expect(ended.take() == false)
        }
    }

    @Test func `that breaks off says that the client is gone`() throws {
        let seen = Channel<ExchangeError?>()
        try serving { exchange in
            do throws(ExchangeError) {
                _ = try exchange.input.read(limit: 1000)
                seen.put(nil)
            } catch { seen.put(error) }
        } while: { socket, _ in
            let client = try FastCGIClient(path: socket.path)
            try client.begin([])
            try client.send(.input, [1, 2, 3])
            client.close()
            #expect(seen.take() == .clientGone)
        }
    }

    @Test func `that stalls is given up after the receive timeout`() throws {
        var settings = fewThreads
        settings.receiveTimeout = .milliseconds(50)
        let seen = Channel<ExchangeError?>()
        try serving(settings: settings) { exchange in
            do throws(ExchangeError) {
                _ = try exchange.input.read(limit: 1000)
                seen.put(nil)
            } catch { seen.put(error) }
        } while: { socket, _ in
            let client = try FastCGIClient(path: socket.path)
            try client.begin([])
            try client.send(.input, [1, 2, 3])
            #expect(seen.take() == .timedOut)
        }
    }

    @Test func `can be read piece by piece`() throws {
        let seen = Channel<[Int]>()
        try serving { exchange in
            let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 4, alignment: 1)
            defer { buffer.deallocate() }
            let counts = (0..<4).map { _ in (try? exchange.input.read(into: buffer)) ?? -1 }
            seen.put(counts)
        } while: { socket, _ in
            _ = try FastCGIClient(path: socket.path).exchange([:], body: [UInt8](0..<8))
            #expect(seen.take() == [4, 4, 0, 0])
        }
    }
}
