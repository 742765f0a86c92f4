import MartletCore
import Testing

@testable import MartletProviders

@Suite("Answers of 1min.ai")
struct OneMinAnswerTests {
    @Test(arguments: Exchange.all(of: "onemin"))
    func `an answer means the same however its bytes are cut`(exchange: Exchange) {
        #expect(decode([exchange.upstream], exchange) == exchange.events)
        #expect(decode(exchange.upstream.map { [$0] }, exchange) == exchange.events)
        for cut in exchange.upstream.indices {
            let halves = [Array(exchange.upstream[..<cut]), Array(exchange.upstream[cut...])]
            #expect(decode(halves, exchange) == exchange.events, "cut before byte \(cut)")
        }
    }

    @Test(arguments: Exchange.all(of: "onemin").filter { $0.client != nil })
    func `the client reads OpenAI's events`(exchange: Exchange) throws {
        var request = ChatRequest(model: "gpt-4o-mini", messages: [])
        request.includesUsage = true
        var encoder = OpenAISurface(now: { 1_700_000_000 }).streamEncoder(for: request)
        var bytes: [UInt8] = []
        var events: [ChatEvent] = []
        var decoder = OneMinAnswerDecoder(contentType: exchange.contentType)
        try decoder.decode(exchange.upstream, into: &events)
        try decoder.finish(into: &events)
        var usage = TokenUsage(input: 0, output: 0)
        for event in events {
            encoder.encode(event, into: &bytes)
            if case .usage(let reported) = event { usage = reported }
        }
        encoder.finish(usage: usage, into: &bytes)
        let text = String(decoding: bytes, as: UTF8.self)
        let withoutID = text.replacing(#/chatcmpl-[0-9A-Za-z]{24}/#, with: "chatcmpl-ID")
        #expect(withoutID == exchange.client)
    }

    @Test
    func `There are golden files`() { #expect(Exchange.all(of: "onemin").count >= 20) }

    @Test
    func `A line without end does not fill the memory`() {
        var decoder = OneMinAnswerDecoder(contentType: "text/event-stream")
        let piece = Array("data: ".utf8) + [UInt8](repeating: 0x61, count: 1 << 20)
        var events: [ChatEvent] = []
        #expect(throws: UpstreamFailure.self) {
            for _ in 0..<64 { try decoder.decode(piece, into: &events) }
        }
        #expect(events.isEmpty)
    }

    private func decode(_ pieces: [[UInt8]], _ exchange: Exchange) -> [String] {
        var decoder = OneMinAnswerDecoder(contentType: exchange.contentType)
        var events: [ChatEvent] = []
        do {
            for piece in pieces { try decoder.decode(piece, into: &events) }
            try decoder.finish(into: &events)
            return describe(events)
        } catch {
            return describe(events, failure: error)
        }
    }
}
