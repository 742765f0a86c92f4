import HTTPTypes
import MartletCore
import MartletProviders
import MartletUpstream
import Testing

@testable import MartletGateway

@Suite("Streams that are passed on")
struct PassedStreamTests {
    private static let content = #"data: {"choices":[{"index":0,"delta":{"content":"Hi"}}]}"# + "\n\n"
    private static let end = #"data: {"choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}"# + "\n\n"
    private static let usage =
        #"data: {"choices":[],"usage":{"prompt_tokens":1,"completion_tokens":2}}"# + "\n\n"
    private static let done = "data: [DONE]\n\n"
    private static let error = #"data: {"error":{"message":"secret 10.0.0.7"}}"# + "\n\n"

    /// What goes out when the answer comes in pieces of a size, what it means, and whether it failed.
    private func pass(_ text: String, in size: Int, hidesUsage: Bool) -> (String, [ChatEvent], Bool) {
        let reading = AnswerReading(from: OpenAIAdapter()) {
            OpenAIAdapter().reader(
                of: ClientCall(dialect: .openAIChat, route: "chat/completions", model: "m"),
                contentType: $0
            )
        }
        var stream = PassedStream(reading, isSplit: true, hidesUsage: hidesUsage)
        var out: [UInt8] = []
        var events: [ChatEvent] = []
        func take(_ passage: PassedStream.Passage) -> Bool {
            out += passage.bytes
            events += passage.events
            return passage.failure != nil
        }
        _ = take(stream.take(.head(status: 200, fields: [.contentType: "text/event-stream"])))
        var rest = Array(text.utf8)[...]
        while !rest.isEmpty {
            if take(stream.take(.body(Array(rest.prefix(size))))) {
                return (String(decoding: out, as: UTF8.self), events, true)
            }
            rest = rest.dropFirst(size)
        }
        let failed = take(stream.finish())
        return (String(decoding: out, as: UTF8.self), events, failed)
    }

    @Test(arguments: [1, 2, 3, 7, 50, 64, 10_000])
    func `bytes go on as they are, but for a usage that nobody asked for`(size: Int) {
        let text = Self.content + ": comment\r\n\r\n" + Self.content + Self.end + Self.usage + Self.done
        let (hidden, events, failed) = pass(text, in: size, hidesUsage: true)
        #expect(hidden == text.replacing(Self.usage, with: "") && !failed)
        #expect(events.contains(.usage(TokenUsage(input: 1, output: 2))))
        #expect(pass(text, in: size, hidesUsage: false).0 == text)
    }

    @Test(arguments: [1, 5, 64, 10_000])
    func `what comes before a vendor's error goes on, and the error does not`(size: Int) {
        let (out, events, failed) = pass(Self.content + Self.error + Self.content, in: size, hidesUsage: true)
        #expect(out == Self.content && failed)
        #expect(events == [.text("Hi")])
    }

    @Test
    func `a stream that breaks off inside an event has failed`() {
        let (out, _, failed) = pass(Self.content + "data: {\"choi", in: 9, hidesUsage: true)
        #expect(failed && out == Self.content)
    }
}
