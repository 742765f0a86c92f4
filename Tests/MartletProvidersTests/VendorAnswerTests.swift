import MartletCore
import Testing

@testable import MartletProviders

@Suite("Answers of vendors with a dialect of their own")
struct VendorAnswerTests {
    static let vendors = ["openai", "anthropic", "gemini"]
    static let exchanges = vendors.flatMap { vendor in
        Exchange.all(of: vendor).map { Golden(vendor: vendor, exchange: $0) }
    }

    struct Golden: Sendable, CustomTestStringConvertible {
        let vendor: String
        let exchange: Exchange
        var testDescription: String { "\(vendor) \(exchange.name)" }
    }

    @Test(arguments: exchanges)
    func `an answer means the same however its bytes are cut`(golden: Golden) {
        let upstream = golden.exchange.upstream
        #expect(decode([upstream], golden) == golden.exchange.events)
        #expect(decode(upstream.map { [$0] }, golden) == golden.exchange.events)
        for cut in upstream.indices {
            let halves = [Array(upstream[..<cut]), Array(upstream[cut...])]
            #expect(decode(halves, golden) == golden.exchange.events, "cut before byte \(cut)")
        }
    }

    @Test(arguments: vendors)
    func `there are golden files`(vendor: String) { #expect(Exchange.all(of: vendor).count >= 20) }

    @Test(arguments: vendors)
    func `a line without end does not fill the memory`(vendor: String) {
        var decoder = Self.decoder(vendor, contentType: "text/event-stream")
        let piece = [UInt8](repeating: 0x61, count: 1 << 20)
        var events: [ChatEvent] = []
        #expect(throws: UpstreamFailure.self) {
            for _ in 0..<64 { try decoder.decode(Array("data: ".utf8) + piece, into: &events) }
        }
        #expect(events.isEmpty)
    }

    @Test(arguments: vendors)
    func `a whole answer without end does not fill the memory`(vendor: String) {
        var decoder = Self.decoder(vendor, contentType: "application/json")
        let piece = [UInt8](repeating: 0x20, count: 1 << 20)
        var events: [ChatEvent] = []
        #expect(throws: UpstreamFailure.self) {
            for _ in 0..<80 { try decoder.decode(piece, into: &events) }
        }
    }

    private func decode(_ pieces: [[UInt8]], _ golden: Golden) -> [String] {
        var decoder = Self.decoder(golden.vendor, contentType: golden.exchange.contentType)
        var events: [ChatEvent] = []
        do {
            for piece in pieces { try decoder.decode(piece, into: &events) }
            try decoder.finish(into: &events)
            return describe(events)
        } catch {
            return describe(events, failure: error)
        }
    }

    private static func decoder(_ vendor: String, contentType: String?) -> any ChatDecoder {
        switch vendor {
        case "openai": VendorAnswerDecoder(OpenAIAnswerGrammar(), contentType: contentType)
        case "anthropic": VendorAnswerDecoder(AnthropicAnswerGrammar(), contentType: contentType)
        default: VendorAnswerDecoder(GeminiAnswerGrammar(), contentType: contentType)
        }
    }
}
