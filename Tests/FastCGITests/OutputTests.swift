import FastCGI
import Glibc
import MartletTesting
import Testing

/// Writes until it fails, and reports the error.
private func flood(_ exchange: Exchange) -> ExchangeError? {
    let piece = [UInt8](repeating: 65, count: 100_000)
    do throws(ExchangeError) {
        for _ in 0..<1000 { try exchange.output.write(piece) }
        try exchange.output.flush()
        return nil
    } catch { return error }
}

@Suite struct `The output of an exchange` {
    @Test func `arrives flush by flush`() throws {
        let goOn = Channel<Void>()
        try serving { exchange in
            for number in 0..<5 {
                try? exchange.output.write("piece \(number)")
                try? exchange.output.flush()
                _ = goOn.take()
            }
        } while: { socket, _ in
            let client = try FastCGIClient(path: socket.path)
            try client.begin([])
            try client.send(.input)
            for number in 0..<5 {
                let record = try client.receive()
                #expect(record?.kind == .output && record?.content == Array("piece \(number)".utf8))
                goOn.put(())
            }
            #expect(try client.answer().isComplete)
        }
    }

    @Test func `may be large`() throws {
        try serving { exchange in
            try? exchange.output.write([UInt8](repeating: 1, count: 5_000_000))
        } while: { socket, _ in
            let answer = try FastCGIClient(path: socket.path).exchange([:])
            #expect(answer.output.count == 5_000_000 && answer.isComplete)
        }
    }

    @Test func `shows a client that is gone as readable descriptor while nothing is written`() throws {
        let seen = Channel<Bool>()
        try serving { exchange in
            _ = try? exchange.input.read(limit: 10)
            seen.put(exchange.descriptor >= 0)
            seen.put(becomesReadable(exchange.descriptor))
        } while: { socket, _ in
            let client = try FastCGIClient(path: socket.path)
            try client.begin([])
            try client.send(.input)
            #expect(seen.take() == true)
            client.close()
            #expect(seen.take() == true)
        }
    }

    @Test func `is not watched before the body has been read`() throws {
        let seen = Channel<CInt>()
        try serving { exchange in
            seen.put(exchange.descriptor)
        } while: { socket, _ in
            _ = try FastCGIClient(path: socket.path).exchange([:])
            #expect(seen.take() == -1)
        }
    }

    @Test func `fails when the client is gone, and goes on failing`() throws {
        let seen = Channel<ExchangeError?>()
        try serving { exchange in
            seen.put(flood(exchange))
            seen.put(flood(exchange))
        } while: { socket, _ in
            let client = try FastCGIClient(path: socket.path)
            try client.begin([])
            try client.send(.input)
            _ = try client.receive()
            client.close()
            #expect(seen.take() == .clientGone)
            #expect(seen.take() == .clientGone)
        }
    }

    @Test func `swallows a lost client of a HEAD request`() throws {
        let seen = Channel<ExchangeError?>()
        let broken = Channel<Bool>()
        let watched = Channel<CInt>()
        try serving { exchange in
            _ = try? exchange.input.read(limit: 10)
            watched.put(exchange.descriptor)
            seen.put(flood(exchange))
            broken.put(exchange.output.isBroken)
        } while: { socket, _ in
            let client = try FastCGIClient(path: socket.path)
            try client.begin([("REQUEST_METHOD", Array("HEAD".utf8))])
            try client.send(.input)
            _ = try client.receive()
            client.close()
            #expect(watched.take() == -1)
            #expect(seen.take() == .some(nil))
            #expect(broken.take() == true)
        }
    }

    @Test func `to a reader that is stuck ends after the send timeout, and for good`() throws {
        var settings = fewThreads
        settings.sendTimeout = .milliseconds(50)
        let seen = Channel<ExchangeError?>()
        let goOn = Channel<Void>()
        let ended = try serving(settings: settings) { exchange in
            seen.put(flood(exchange))
            _ = goOn.take()
        } while: { socket, _ in
            let client = try FastCGIClient(path: socket.path)
            try client.begin([])
            try client.send(.input)
            #expect(seen.take() == .timedOut)
            // Now there is room again, and still nothing may follow the piece that was cut.
            #expect(!client.takeArrived().isEmpty)
            goOn.put(())
            client.awaitMore()
            #expect(client.takeArrived().count == 0)
        }
        #expect(ended)
    }
}
