import FastCGI
import Glibc
import MartletTesting
import Synchronization
import Testing

@Suite struct `Draining a responder` {
    @Test func `ends at once when nothing runs`() throws {
        let socket = try TestSocket()
        var settings = ResponderSettings()
        settings.threads = 100
        let responder = try Responder(on: socket.socket, settings: settings) { _ in }
        #expect(responder.drain(within: .seconds(20)))
        #expect(responder.drain(within: .zero))
    }

    @Test func `waits for a running stream and accepts nothing new`() throws {
        let socket = try TestSocket()
        let goOn = Channel<Void>()
        let responder = try Responder(on: socket.socket, settings: fewThreads) { exchange in
            for _ in 0..<2 {
                try? exchange.output.write("piece")
                try? exchange.output.flush()
                _ = goOn.take()
            }
        }
        let running = try FastCGIClient(path: socket.path)
        try running.begin([], keepingConnection: true)
        try running.send(.input)
        #expect(try running.receive()?.content == Array("piece".utf8))

        // Long enough for every waiting thread to be told, on a busy machine too.
        #expect(responder.drain(within: .milliseconds(500)) == false)
        let late = try FastCGIClient(path: socket.path)
        try late.begin([])
        #expect(responder.drain(within: .milliseconds(50)) == false)
        #expect(responder.threadsInUse == 1)

        goOn.put(())
        goOn.put(())
        #expect(try running.answer().isComplete)
        #expect(responder.drain(within: .seconds(20)))

        // What waited is served by whoever listens on the socket next.
        let next = try Responder(on: socket.socket, settings: fewThreads) { try? $0.output.write("next") }
        try late.send(.input)
        #expect(try late.answer().text == "next")
        #expect(next.drain(within: .seconds(20)))
    }

    @Test func `closes connections that are kept without a request`() throws {
        var settings = fewThreads
        settings.receiveTimeout = .seconds(3600)
        settings.keptConnectionGrace = .milliseconds(100)
        let ended = try serving(settings: settings) { exchange in
            _ = try? exchange.input.read(limit: 10)
        } while: { socket, responder in
            let client = try FastCGIClient(path: socket.path)
            try client.begin([], keepingConnection: true)
            try client.send(.input)
            #expect(try client.answer().isComplete)
            #expect(responder.drain(within: .seconds(20)))
            #expect(try client.receive() == nil)
        }
        #expect(ended)
    }

    @Test func `serves what the web server is just sending on a connection that it keeps`() throws {
        let socket = try TestSocket()
        let responder = try Responder(on: socket.socket, settings: fewThreads) { exchange in
            _ = try? exchange.input.read(limit: 10)
            try? exchange.output.write("served")
        }
        let client = try FastCGIClient(path: socket.path)
        for _ in 0..<2 {
            try client.begin([], keepingConnection: true)
            try client.send(.input)
            #expect(try client.answer().text == "served")
            #expect(responder.drain(within: .milliseconds(200)) == false)
        }
        client.close()
        #expect(responder.drain(within: .seconds(20)))
    }
}
