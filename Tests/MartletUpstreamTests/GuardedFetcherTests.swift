import Curl
import MartletCore
import MartletTesting
import Testing

@testable import MartletUpstream

@Suite struct GuardedFetcherTests {
    private static func fetcher(allowing networks: [String] = [], plainHTTP: Bool = true) -> GuardedFetcher {
        var rules = GuardedFetcher.Rules()
        rules.allowedNetworks = networks.compactMap(NetworkRange.init)
        rules.permitsPlainHTTP = plainHTTP
        rules.sizeLimit = 10_000
        rules.timeLimit = .seconds(5)
        return GuardedFetcher(rules)
    }

    /// Every way to spell this machine, or one beside it, that a resolver understands without asking anybody.
    private static let spellings = [
        "127.0.0.1", "127.1", "2130706433", "0x7f000001", "0x7f.1", "017700000001", "0177.0.0.1",
        "127.0.0.1.",
        "0", "0.0.0.0", "localhost", "LOCALHOST", "localhost.", "[::1]", "[::]", "[::ffff:127.0.0.1]",
        "[::ffff:7f00:1]", "[::127.0.0.1]", "[0:0:0:0:0:ffff:127.0.0.1]", "169.254.169.254", "0xA9FEA9FE",
        "2852039166",
        "[fe80::1]", "[fd00:ec2::254]", "[64:ff9b::7f00:1]", "[2002:7f00:1::]", "10.0.0.1", "192.168.1.1",
        "%31%32%37.0.0.1",
    ]

    @Test(arguments: spellings)
    func `no spelling of a closed address is connected to`(host: String) throws {
        let server = try LoopbackFile(answers: [LoopbackFile.ok("secret")])
        #expect {
            _ = try Self.fetcher().fetch("http://\(host):\(server.port)/", watching: NoClient())
        } throws: { error in
            // What no resolver understands is as good as refused.
            [.destinationRefused, .unreachable, .malformed].contains(error as? FetchFailure)
        }
        #expect(server.requests.isEmpty)
    }

    @Test(arguments: ["127.0.0.1", "2130706433", "0x7f.1"])
    func `a closed address is refused by what it leads to`(host: String) throws {
        #expect(throws: FetchFailure.destinationRefused) {
            try Self.fetcher().fetch("http://\(host):9/", watching: NoClient())
        }
    }

    @Test(arguments: [
        "", "x", "ftp://example.org/a", "file:///etc/passwd", "gopher://127.0.0.1/", "dict://127.0.0.1/",
        "http://",
        "https://user:password@example.org/", "https://user@example.org/", "https://exa mple.org/",
        "javascript:alert(1)", "data:image/png;base64,AAAA", "https://[::1", "https://example.org:99999/",
        "//example.org/a", "https://example.org\\@127.0.0.1/",
    ])
    func `what is no address on the web is refused before anything is asked`(text: String) {
        #expect(throws: FetchFailure.malformed) { try Self.fetcher().fetch(text, watching: NoClient()) }
    }

    @Test func `plain http needs a setting`() {
        #expect(throws: FetchFailure.plainHTTP) {
            try Self.fetcher(plainHTTP: false).fetch("http://example.org/", watching: NoClient())
        }
    }

    @Test func `a file is fetched from an allowed network, with a word about who asks`() throws {
        let server = try LoopbackFile(answers: [LoopbackFile.ok("picture")])
        let bytes = try Self.fetcher(allowing: ["127.0.0.0/8"])
            .fetch("http://127.0.0.1:\(server.port)/a%20b?c=d#e", watching: NoClient())
        #expect(String(decoding: bytes, as: UTF8.self) == "picture")
        let request = try #require(server.requests.first)
        #expect(request.hasPrefix("GET /a%20b?c=d HTTP/1.1\r\n"))
        #expect(request.contains("User-Agent: Mozilla/5.0 (compatible; Martlet"))
        #expect(!request.lowercased().contains("authorization"))
    }

    @Test func `three redirects are followed, a fourth is not`() throws {
        let hop = "HTTP/1.1 302 Found\r\nLocation: /next\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
        let short = try LoopbackFile(answers: [hop, hop, hop, LoopbackFile.ok("there")])
        let fetcher = Self.fetcher(allowing: ["127.0.0.0/8"])
        let bytes = try fetcher.fetch("http://127.0.0.1:\(short.port)/", watching: NoClient())
        #expect(String(decoding: bytes, as: UTF8.self) == "there")
        let long = try LoopbackFile(answers: [hop, hop, hop, hop, LoopbackFile.ok("never")])
        #expect(throws: FetchFailure.redirect) {
            try fetcher.fetch("http://127.0.0.1:\(long.port)/", watching: NoClient())
        }
        #expect(long.requests.count == 4)
    }

    @Test(arguments: ["http://127.0.0.2:PORT/", "http://[::1]:PORT/", "http://2130706434:PORT/"])
    func `a redirect into a closed network is refused`(target: String) throws {
        let inner = try LoopbackFile(answers: [LoopbackFile.ok("secret")], address: "0.0.0.0")
        let place = target.split(separator: "PORT").joined(separator: "\(inner.port)")
        let outer = try LoopbackFile(answers: [
            "HTTP/1.1 302 Found\r\nLocation: \(place)\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
        ])
        #expect(throws: FetchFailure.destinationRefused) {
            try Self.fetcher(allowing: ["127.0.0.1"])
                .fetch("http://127.0.0.1:\(outer.port)/", watching: NoClient())
        }
        #expect(inner.requests.isEmpty)
    }

    @Test(arguments: ["http://example.org/", "ftp://example.org/", "file:///etc/passwd", "https://a@b.org/"])
    func `a redirect never leaves https`(target: String) throws {
        let start = try #require(WebAddress("https://example.org/picture"))
        #expect(throws: FetchFailure.redirect) { try GuardedFetcher.next(after: start, to: target) }
    }

    @Test func `a redirect may be relative, and may turn to https`() throws {
        let start = try #require(WebAddress("http://example.org/a/b"))
        #expect(try GuardedFetcher.next(after: start, to: "../c?d").text == "http://example.org/c?d")
        #expect(try GuardedFetcher.next(after: start, to: "//other.org/").text == "http://other.org/")
        #expect(try GuardedFetcher.next(after: start, to: "https://x.org").text == "https://x.org/")
        #expect(throws: FetchFailure.redirect) { try GuardedFetcher.next(after: start, to: nil) }
    }

    @Test(arguments: [204, 206, 304, 400, 401, 403, 404, 500])
    func `another status than 200 is no file`(status: Int) throws {
        let server = try LoopbackFile(answers: [
            "HTTP/1.1 \(status) X\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
        ])
        #expect(throws: FetchFailure.status(status)) {
            try Self.fetcher(allowing: ["127.0.0.1"])
                .fetch("http://127.0.0.1:\(server.port)/", watching: NoClient())
        }
    }

    @Test(arguments: [true, false])
    func `a file over the limit is not taken in`(saysSo: Bool) throws {
        let body = String(repeating: "x", count: 20_000)
        let length = saysSo ? "Content-Length: \(body.utf8.count)\r\n" : ""
        let server = try LoopbackFile(answers: [
            "HTTP/1.1 200 OK\r\n\(length)Connection: close\r\n\r\n\(body)"
        ])
        #expect(throws: FetchFailure.tooLarge) {
            try Self.fetcher(allowing: ["127.0.0.1"])
                .fetch("http://127.0.0.1:\(server.port)/", watching: NoClient())
        }
    }
}
