import MartletCore
import Testing

@testable import MartletProviders

@Suite struct `Streams in each dialect` {
    private static let dialects: [(name: String, surface: any Surface)] = [
        ("chat", OpenAISurface(now: { 1_700_000_000 })),
        ("responses", ResponsesSurface(now: { 1_700_000_000 })),
        ("messages", AnthropicSurface()), ("completions", CompletionsSurface(now: { 1_700_000_000 })),
    ]

    @Test func `there is a golden stream of each kind`() {
        let exchanges = Exchange.all(of: "dialects")
        #expect(exchanges.map(\.name) == ["calls", "late-error", "text"])
        for exchange in exchanges {
            #expect(
                exchange.sections.keys.filter { key in Self.dialects.contains { $0.name == key } }.count >= 3
            )
        }
    }

    @Test(arguments: Exchange.all(of: "dialects"))
    func `the client reads the same however the vendor's bytes are cut`(exchange: Exchange) throws {
        for (name, surface) in Self.dialects {
            guard let golden = exchange.sections[name] else { continue }
            let whole = try stream([exchange.upstream], exchange, surface)
            #expect(whole == golden, "\(name)")
            for cut in exchange.upstream.indices {
                let halves = [Array(exchange.upstream[..<cut]), Array(exchange.upstream[cut...])]
                #expect(try stream(halves, exchange, surface) == golden, "\(name), cut before byte \(cut)")
            }
        }
    }

    /// What the client reads, random ids replaced.
    private func stream(_ pieces: [[UInt8]], _ exchange: Exchange, _ surface: any Surface) throws -> String {
        var request = ChatRequest(model: "gpt-4o-mini", messages: [])
        request.includesUsage = true
        request.promptTokens = 7
        request.identity = AnswerIdentity(token: "TOKEN", created: 1_700_000_000)
        request.tools = [Tool(name: "weather"), Tool(name: "time")]
        let (events, failure) = decode(pieces, exchange)
        var encoder = surface.streamEncoder(for: request)
        var bytes: [UInt8] = []
        var usage = TokenUsage(input: 0, output: 0)
        for event in exchange.name == "calls" ? try refined(events, request) : events {
            if case .usage(let reported) = event { usage = reported }
            encoder.encode(event, into: &bytes)
        }
        if let failure {
            let id = try #require(RequestID(client: "req_1"))
            encoder.fail(failure.gatewayError(from: "1min.ai"), request: id, into: &bytes)
        } else {
            encoder.finish(usage: usage, into: &bytes)
        }
        return String(decoding: bytes, as: UTF8.self)
            .replacing(#/(chatcmpl-|cmpl-|call_|toolu_|msg_)[0-9A-Za-z]{24}/#) { "\($0.output.1)ID" }
    }

    private func decode(_ pieces: [[UInt8]], _ exchange: Exchange) -> ([ChatEvent], UpstreamFailure?) {
        var decoder = OneMinAnswerDecoder(contentType: exchange.contentType)
        var events: [ChatEvent] = []
        do {
            for piece in pieces { try decoder.decode(piece, into: &events) }
            try decoder.finish(into: &events)
            return (events, nil)
        } catch {
            return (events, error)
        }
    }

    /// The events as they are when calls have been read out of the text.
    private func refined(_ events: [ChatEvent], _ request: ChatRequest) throws -> [ChatEvent] {
        var assembler = ResponseAssembler()
        for event in events { assembler.add(event) }
        let tools = try #require(ToolEmulation(request))
        guard case .calls(let calls, let lead) = tools.read(assembler.text) else { return events }
        let usage = events.filter { if case .usage = $0 { true } else { false } }
        return [.text(lead)] + calls.map { .toolCall($0) } + usage + [.finished(.toolCalls)]
    }
}
