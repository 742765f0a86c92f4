import FastCGI
import Glibc
import MartletTesting
import Testing
import Threading

private let hello: Responder.Answer = { exchange in
    _ = try? exchange.input.read(limit: 1000)
    try? exchange.output.write("hello")
}

@Suite struct `A responder` {
    @Test func `serves request after request on a connection that is kept`() throws {
        try serving(hello) { socket, _ in
            let client = try FastCGIClient(path: socket.path)
            for _ in 0..<10 {
                try client.begin([], keepingConnection: true)
                try client.send(.input, [1, 2, 3])
                try client.send(.input)
                let answer = try client.answer()
                #expect(answer.text == "hello" && answer.isComplete)
            }
        }
    }

    @Test func `closes a connection that was to be kept when its body was not read`() throws {
        try serving { _ in
        } while: { socket, _ in
            let client = try FastCGIClient(path: socket.path)
            try client.begin([], keepingConnection: true)
            try client.send(.input, [1, 2, 3])
            try client.send(.input)
            #expect(try client.answer().isComplete)
            #expect(try client.receive() == nil)
        }
    }

    @Test func `survives connections that bring no request`() throws {
        try serving(hello) { socket, _ in
            for bytes: [UInt8] in [
                [], [1], Array("GET / HTTP/1.1\r\nHost: x\r\n\r\n".utf8),
                [UInt8](repeating: 0xff, count: 5000),
                FastCGIRecord(.beginRequest, content: [0, 1, 0, 0, 0, 0, 0, 0]).bytes,
                FastCGIRecord(.input, content: [1]).bytes, FastCGIRecord(.beginRequest, content: [1]).bytes,
            ] {
                for _ in 0..<10 {
                    let client = try FastCGIClient(path: socket.path)
                    try client.send(bytes)
                    client.close()
                }
            }
            #expect(try FastCGIClient(path: socket.path).exchange([:]).text == "hello")
        }
    }

    @Test func `survives a connection that breaks off inside the parameters`() throws {
        try serving(hello) { socket, _ in
            for _ in 0..<20 {
                let client = try FastCGIClient(path: socket.path)
                try client.send(.beginRequest, [0, 1, 0, 0, 0, 0, 0, 0])
                try client.send(.parameters, FastCGIRecord.pairs([("A", [1, 2, 3])]))
                try client.send(.abortRequest)
                client.close()
            }
            #expect(try FastCGIClient(path: socket.path).exchange([:]).text == "hello")
        }
    }

    @Test func `lets go of a connection that stays silent`() throws {
        var settings = fewThreads
        settings.threads = 1
        settings.receiveTimeout = .milliseconds(50)
        try serving(settings: settings, hello) { socket, _ in
            let silent = try FastCGIClient(path: socket.path)
            #expect(try FastCGIClient(path: socket.path).exchange([:]).text == "hello")
            #expect(try silent.receive() == nil)
        }
    }

    @Test func `lets go of a kept connection that stays silent`() throws {
        var settings = fewThreads
        settings.threads = 1
        settings.receiveTimeout = .milliseconds(50)
        try serving(settings: settings, hello) { socket, _ in
            let kept = try FastCGIClient(path: socket.path)
            try kept.begin([], keepingConnection: true)
            try kept.send(.input)
            #expect(try kept.answer().isComplete)
            #expect(try FastCGIClient(path: socket.path).exchange([:]).text == "hello")
        }
    }

    @Test func `reports a socket on which nothing can be accepted, and neither spins nor hangs`() throws {
        let useless = socket(AF_UNIX, CInt(SOCK_STREAM.rawValue), 0)
        defer { close(useless) }
        let events = Channel<ResponderEvent>()
        let responder = try Responder(
            on: ListeningSocket(descriptor: useless),
            settings: fewThreads,
            report: { events.put($0) },
            answer: { _ in }
        )
        #expect(events.take() == .acceptFailed(code: EINVAL))
        #expect(responder.drain(within: .seconds(20)))
        #expect(events.count <= 1)
    }

    @Test func `takes a socket that was set not to block`() throws {
        let socket = try TestSocket()
        _ = fcntl(socket.socket.descriptor, F_SETFL, O_NONBLOCK)
        let responder = try Responder(on: socket.socket, settings: fewThreads, answer: hello)
        #expect(try FastCGIClient(path: socket.path).exchange([:]).text == "hello")
        #expect(responder.drain(within: .seconds(20)))
    }

    @Test func `answers what the web server asks about it`() throws {
        try serving(hello) { socket, _ in
            let client = try FastCGIClient(path: socket.path)
            let names = FastCGIRecord.pairs([("FCGI_MPXS_CONNS", [])])
            try client.send(FastCGIRecord(.getValues, request: 0, content: names).bytes)
            let record = try client.receive()
            #expect(record?.kind == .getValuesResult)
            #expect(record?.content.prefix(18) == FastCGIRecord.pairs([("FCGI_MPXS_CONNS", [48])])[...])
        }
    }

    @Test func `serves as many requests at once as it has threads`() throws {
        var settings = ResponderSettings()
        settings.threads = 200
        let (arrived, goOn) = (Channel<Void>(), Channel<Void>())
        try serving(settings: settings) { exchange in
            arrived.put(())
            _ = goOn.take()
            try? exchange.output.write("done")
        } while: { socket, responder in
            let clients = try (0..<200).map { _ in try FastCGIClient(path: socket.path) }
            for client in clients {
                try client.begin([])
                try client.send(.input)
            }
            for _ in clients { #expect(arrived.take() != nil) }
            #expect(responder.threadsInUse == 200)
            for _ in clients { goOn.put(()) }
            for client in clients { #expect(try client.answer().text == "done") }
        }
    }

    @Test func `gives requests that come one by one to the few threads that worked last`() throws {
        var settings = ResponderSettings()
        settings.threads = 100
        let seen = Channel<pthread_t>()
        try serving(settings: settings) { exchange in
            seen.put(pthread_self())
            try? exchange.output.write("done")
        } while: { socket, _ in
            for _ in 0..<100 {
                let answer = try FastCGIClient(path: socket.path).exchange([:])
                #expect(answer.text == "done")
            }
        }
        var threads: Set<pthread_t> = []
        while seen.count > 0, let thread = seen.take() { threads.insert(thread) }
        #expect(threads.count <= 40)
    }

    @Test func `lets more connections wait than it has threads`() throws {
        try serving(hello) { socket, _ in
            let clients = try (0..<400).map { _ in try FastCGIClient(path: socket.path) }
            for client in clients {
                try client.begin([])
                try client.send(.input)
            }
            for client in clients.reversed() { #expect(try client.answer().text == "hello") }
        }
    }
}
