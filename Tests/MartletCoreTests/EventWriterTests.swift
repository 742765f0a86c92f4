import MartletCore
import Testing

@Suite("Event writer")
struct EventWriterTests {
    @Test(
        arguments: [
            ("1", nil, "data: 1\n\n"), ("", nil, "data: \n\n"), ("{}", "done", "event: done\ndata: {}\n\n"),
            ("a\nb\r\nc\rd", nil, "data: a\ndata: b\ndata: c\ndata: d\n\n"),
            ("\n", nil, "data: \ndata: \n\n"),
            (" a", nil, "data:  a\n\n"), ("1", "a\nid: 2\r", "event: aid: 2\ndata: 1\n\n"),
        ] as [(String, String?, String)]
    )
    func `an event is written line by line`(data: String, name: String?, expected: String) {
        var stream: [UInt8] = []
        EventWriter.write(data: Array(data.utf8), name: name, into: &stream)
        #expect(String(decoding: stream, as: UTF8.self) == expected)
    }

    @Test func `a comment is skipped by the reader`() throws {
        var stream: [UInt8] = []
        EventWriter.comment("ping", into: &stream)
        #expect(stream == Array(": ping\n\n".utf8))
        #expect(try EventCases.events(in: [stream]).isEmpty)
    }

    @Test func `what is written is read back`() throws {
        let data = Array("{\"text\":\"a\"}\n\n  \nb".utf8)
        var stream: [UInt8] = []
        EventWriter.write(data: data, name: "chunk", into: &stream)
        EventWriter.write(data: [], into: &stream)
        let expected = [ServerSentEvent(name: "chunk", data: data), ServerSentEvent(data: [])]
        #expect(try EventCases.events(in: [stream]) == expected)
    }
}
