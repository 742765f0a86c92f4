import Glibc
import MartletTesting
import Testing
import Threading

@testable import FastCGI

/// A CGI program's surroundings: variables, and a socket pair for each of stdin and stdout.
private final class Surroundings {
    private let list: ExchangeParameters.List
    private let count: Int
    private(set) var input: [CInt] = [-1, -1]
    private(set) var output: [CInt] = [-1, -1]

    init(_ variables: [String]) {
        count = variables.count
        list = .allocate(capacity: count + 1)
        for (index, variable) in variables.enumerated() { list[index] = strdup(variable) }
        list[count] = nil
        for keyPath in [\Surroundings.input, \Surroundings.output] {
            var pair: [CInt] = [-1, -1]
            socketpair(AF_UNIX, CInt(SOCK_STREAM.rawValue), 0, &pair)
            if keyPath == \Surroundings.input { input = pair } else { output = pair }
        }
    }

    deinit {
        for index in 0..<count { free(list[index]) }
        list.deallocate()
        for descriptor in input + output { close(descriptor) }
    }

    var exchange: Exchange {
        PlainCGI.exchange(ExchangeParameters(list: list), reading: input[0], writing: output[0])
    }

    func send(_ text: String) { _ = write(input[1], text, text.utf8.count) }
    func closeOutput() { shutdown(output[1], CInt(SHUT_RDWR)) }
    func endInput() { shutdown(input[1], CInt(SHUT_WR)) }

    func received() -> String {
        var bytes = [UInt8](repeating: 0, count: 65_536)
        let count = recv(output[1], &bytes, bytes.count, CInt(MSG_DONTWAIT))
        return String(decoding: bytes.prefix(max(0, count)), as: UTF8.self)
    }
}

@Suite struct `A plain CGI exchange` {
    @Test func `reads as many bytes as announced although the input stays open`() throws {
        let surroundings = Surroundings(["CONTENT_LENGTH=5", "REQUEST_METHOD=POST"])
        surroundings.send("hello, and what comes next")
        let exchange = surroundings.exchange
        #expect(try exchange.input.read(limit: 100) == Array("hello".utf8))
        #expect(exchange.parameters["REQUEST_METHOD"] == "POST")
        #expect(exchange.descriptor == -1)
    }

    @Test func `has no body when no length is announced`() throws {
        #expect(try Surroundings([]).exchange.input.read(limit: 100).isEmpty)
        #expect(try Surroundings(["CONTENT_LENGTH="]).exchange.input.read(limit: 100).isEmpty)
        #expect(try Surroundings(["CONTENT_LENGTH=x"]).exchange.input.read(limit: 100).isEmpty)
    }

    @Test func `reads a chunked body to the end of the input`() throws {
        let surroundings = Surroundings(["HTTP_TRANSFER_ENCODING=chunked"])
        surroundings.send("all of it")
        surroundings.endInput()
        #expect(try surroundings.exchange.input.read(limit: 100) == Array("all of it".utf8))
    }

    @Test func `takes a body that is shorter than announced for a client that has left`() throws {
        let surroundings = Surroundings(["CONTENT_LENGTH=100"])
        surroundings.send("short")
        surroundings.endInput()
        #expect(throws: ExchangeError.clientGone) { try surroundings.exchange.input.read(limit: 100) }
    }

    @Test func `fails when the web server is gone`() throws {
        // On a thread of its own, where SIGPIPE is blocked as `serve` ignores it.
        try WorkerThread(name: "cgi") {
            let surroundings = Surroundings([])
            let exchange = surroundings.exchange
            surroundings.closeOutput()
            #expect(throws: ExchangeError.clientGone) {
                try exchange.output.write("too late")
                try exchange.output.flush()
            }
        }.join()
    }

    @Test func `is not taken for granted`() {
        #expect(!PlainCGI.isCGI)
    }

    @Test func `writes when it is flushed`() throws {
        let surroundings = Surroundings([])
        let exchange = surroundings.exchange
        try exchange.output.write("Status: 200 OK\r\n\r\n")
        #expect(surroundings.received() == "")
        try exchange.output.flush()
        #expect(surroundings.received() == "Status: 200 OK\r\n\r\n")
    }
}
