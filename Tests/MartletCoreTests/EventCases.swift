import MartletCore

/// Event streams and what they say.
enum EventCases {
    /// A stream and its events.
    static let streams: [(String, [ServerSentEvent])] = [
        ("", []), ("\n\n\r\r\n", []), (": comment\n\n:\n\n", []), ("event: a\nid: 1\n\n", []),
        ("data: 1\n\n", [event("1")]), ("data: 1\r\n\r\n", [event("1")]), ("data: 1\r\r", [event("1")]),
        ("data: 1\r\n\ndata: 2\n\r\ndata: 3\r\r\n", [event("1"), event("2"), event("3")]),
        ("\u{FEFF}data: 1\n\n", [event("1")]), ("\u{FEFF}\u{FEFF}data: 1\n\n", []),
        ("\n\u{FEFF}data: 1\n\n", []),
        ("data:1\n\ndata:  1\n\ndata:\t1\n\n", [event("1"), event(" 1"), event("\t1")]),
        ("data: a\ndata: b\r\ndata\rdata:\n\n", [event("a\nb\n\n")]),
        ("data\n\ndata\ndata\n\ndata:", [event(""), event("\n"), event("")]),
        ("data: {\"a\": \"b: c\"}\n\n", [event("{\"a\": \"b: c\"}")]),
        ("event: ping\ndata\n\ndata: 2\n\n", [event("", name: "ping"), event("2")]),
        ("event: a\nevent: b\ndata: 1\n\n", [event("1", name: "b")]),
        ("event: a\nevent:\ndata: 1\n\n", [event("1")]),
        ("event: lost\n\ndata: 1\n\n", [event("1")]),
        ("id: 7\ndata: 1\n\ndata: 2\n\n", [event("1", id: "7"), event("2")]),
        ("id: a\0b\ndata: 1\n\nid\ndata: 2\n\n", [event("1"), event("2", id: "")]),
        ("retry: 1500\ndata: 1\n\n", [event("1", retry: 1_500)]),
        ("retry: 1s\ndata: 1\n\nretry: -1\nretry: \ndata: 2\n\n", [event("1"), event("2")]),
        ("retry: 99999999999999999999\ndata: 1\n\n", [event("1")]),
        ("Data: 1\n data: 2\ndata : 3\nother: 4\ndatax: 5\n\n", []),
        ("data: é😀\n\n", [event("é😀")]), ("data: [DONE]", [event("[DONE]")]), ("data: 1\n", [event("1")]),
        ("data: 1\n: ping\ndata: 2\n\n", [event("1\n2")]),
    ]

    /// Reads a stream that comes in pieces.
    static func events(in pieces: [[UInt8]], limits: EventLimits = .default) throws -> [ServerSentEvent] {
        var parser = EventParser(limits: limits)
        var events: [ServerSentEvent] = []
        for piece in pieces {
            try parser.feed(piece) { events.append($0) }
        }
        try parser.finish { events.append($0) }
        return events
    }

    private static func event(
        _ text: String,
        name: String? = nil,
        id: String? = nil,
        retry: Int? = nil
    ) -> ServerSentEvent {
        ServerSentEvent(name: name, data: Array(text.utf8), id: id, retry: retry)
    }
}
