import MartletCore
import Testing

@Suite("Event parser")
struct EventParserTests {
    @Test(arguments: EventCases.streams)
    func `a stream gives the same events wherever it is cut`(stream: String, expected: [ServerSentEvent])
        throws
    {
        let bytes = Array(stream.utf8)
        #expect(try EventCases.events(in: [bytes]) == expected)
        for first in 0...bytes.count {
            #expect(try EventCases.events(in: [Array(bytes[..<first]), Array(bytes[first...])]) == expected)
        }
        #expect(try EventCases.events(in: bytes.map { [$0] }) == expected)
        #expect(try EventCases.events(in: bytes.flatMap { [[$0], []] }) == expected)
    }

    @Test func `an event is handed over as soon as its blank line begins`() throws {
        var parser = EventParser()
        var events: [ServerSentEvent] = []
        try parser.feed(Array("data: 1\r\n\r".utf8)) { events.append($0) }
        #expect(events == [ServerSentEvent(data: [0x31])])
        try parser.feed(Array("\ndata: 2\n\n".utf8)) { events.append($0) }
        #expect(events.count == 2)
    }

    @Test func `an unterminated last event is dropped where the limits say so`() throws {
        let limits = EventLimits(deliversUnterminated: false)
        #expect(try EventCases.events(in: [Array("data: 1\n\ndata: 2\n".utf8)], limits: limits).count == 1)
    }

    @Test func `a line longer than the limit is refused wherever it is cut`() throws {
        let limits = EventLimits(maximumLineBytes: 10)
        #expect(try EventCases.events(in: [Array("data:12345\n\n".utf8)], limits: limits).count == 1)
        let bytes = Array("data:1\n\ndata:123456".utf8)
        for cut in 0...bytes.count {
            var parser = EventParser(limits: limits)
            var count = 0
            #expect(throws: EventError.lineTooLong) {
                try parser.feed(bytes[..<cut]) { _ in count += 1 }
                try parser.feed(bytes[cut...] + [0x0A]) { _ in count += 1 }
            }
            #expect(count == 1)
        }
    }

    @Test func `an event longer than the limit is refused`() throws {
        let limits = EventLimits(maximumEventBytes: 5)
        #expect(try EventCases.events(in: [Array("data:12\ndata:34\n\n".utf8)], limits: limits).count == 1)
        for stream in ["data:12\ndata:345\n\n", String(repeating: "data\n", count: 7)] {
            #expect(throws: EventError.eventTooLarge) {
                try EventCases.events(in: [Array(stream.utf8)], limits: limits)
            }
        }
    }

    @Test func `what the receiver throws ends the feed`() {
        struct Refusal: Error {}
        var parser = EventParser()
        #expect(throws: Refusal.self) {
            try parser.feed(Array("data\n\n".utf8)) { _ in throw Refusal() }
        }
    }

    @Test func `data that is not UTF-8 is passed on as it is`() throws {
        let events = try EventCases.events(in: [Array("data:".utf8) + [0xFF, 0x00] + Array("\n\n".utf8)])
        #expect(events == [ServerSentEvent(data: [0xFF, 0x00])])
    }

    @Test func `a line end is found wherever it stands`() throws {
        for length in 0..<40 {
            let text = String(repeating: "\u{8D}\u{B}\u{C}é", count: length).prefix(length)
            for end in ["\n", "\r", "\r\n"] {
                let events = try EventCases.events(in: [Array("data:\(text)\(end)\(end)".utf8)])
                #expect(events == [ServerSentEvent(data: Array(text.utf8))])
            }
        }
    }

    @Test(arguments: UInt64(1)...50)
    func `noise cut in two ways gives the same events`(seed: UInt64) throws {
        var generator = JSONSeededGenerator(seed: seed)
        let words = ["data", "event", "id", ":", " ", "\n", "\r", "x", "\u{FEFF}", "retry", "12", "é"]
        let stream = Array((0..<400).compactMap { _ in words.randomElement(using: &generator) }.joined().utf8)
        var pieces: [[UInt8]] = []
        var start = 0
        while start < stream.count {
            let end = min(stream.count, start + Int.random(in: 0...9, using: &generator))
            pieces.append(Array(stream[start..<end]))
            start = end
        }
        #expect(try EventCases.events(in: pieces) == EventCases.events(in: [stream]))
    }
}
