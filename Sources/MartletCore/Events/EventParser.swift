/// Reads an event stream from pieces of any size.
///
/// Where the pieces are cut makes no difference. Lines end with LF, CRLF or CR; a byte order mark at the
/// start, comments and unknown fields are skipped; an event without a `data` field is none. After an error
/// the parser is not to be used again.
///
/// Belongs to one thread. Source: WHATWG HTML, section 9.2.6.
public struct EventParser: Sendable {
    private let limits: EventLimits
    /// The beginning of a line whose end has not come yet.
    private var line: [UInt8] = []
    private var event = ServerSentEvent(data: [])
    private var hasData = false
    private var isFirstLine = true
    /// Whether the last byte was a CR, so that an LF now belongs to it.
    private var followsReturn = false

    /// Starts at the beginning of a stream.
    public init(limits: EventLimits = .default) {
        self.limits = limits
    }

    /// Takes the next piece of the stream and hands over the events that it completes.
    ///
    /// - Throws: `EventError`, or what `receive` throws.
    public mutating func feed(_ bytes: [UInt8], _ receive: (ServerSentEvent) throws -> Void) throws {
        try feed(bytes[...], receive)
    }

    /// Takes the next piece of the stream and hands over the events that it completes.
    ///
    /// - Throws: `EventError`, or what `receive` throws.
    public mutating func feed(_ bytes: ArraySlice<UInt8>, _ receive: (ServerSentEvent) throws -> Void) throws
    {
        guard !bytes.isEmpty else { return }
        var rest = bytes
        if followsReturn, rest.first == UInt8(ascii: "\n") { rest = rest.dropFirst() }
        followsReturn = false
        while true {
            let end = rest.startIndex + rest.span.firstLineEnd(from: 0)
            guard end < rest.endIndex else { break }
            try endLine(rest[..<end], receive)
            followsReturn = rest[end] == UInt8(ascii: "\r")
            rest = rest[(end + 1)...]
            guard followsReturn, let next = rest.first else { continue }
            followsReturn = false
            if next == UInt8(ascii: "\n") { rest = rest.dropFirst() }
        }
        try checkLine(line.count + rest.count)
        line.append(contentsOf: rest)
    }

    /// Ends the stream: hands over the last event if only its blank line is missing and the limits say so.
    ///
    /// - Throws: `EventError`, or what `receive` throws.
    public mutating func finish(_ receive: (ServerSentEvent) throws -> Void) throws {
        guard limits.deliversUnterminated else { return }
        if !line.isEmpty { try endLine([], receive) }
        try deliver(receive)
    }

    private mutating func endLine(
        _ last: ArraySlice<UInt8>,
        _ receive: (ServerSentEvent) throws -> Void
    ) throws {
        try checkLine(line.count + last.count)
        if line.isEmpty {
            try read(last, receive)
        } else {
            line.append(contentsOf: last)
            try read(line[...], receive)
            line.removeAll(keepingCapacity: true)
        }
    }

    private func checkLine(_ count: Int) throws(EventError) {
        guard count <= limits.maximumLineBytes else { throw .lineTooLong }
    }

    private mutating func read(
        _ line: ArraySlice<UInt8>,
        _ receive: (ServerSentEvent) throws -> Void
    ) throws {
        let hasMark = isFirstLine && line.starts(with: [0xEF, 0xBB, 0xBF])
        isFirstLine = false
        let line = hasMark ? line.dropFirst(3) : line
        guard !line.isEmpty else { return try deliver(receive) }
        let colon = line.firstIndex(of: UInt8(ascii: ":")) ?? line.endIndex
        var value = line[colon...].dropFirst()
        if value.first == UInt8(ascii: " ") { value = value.dropFirst() }
        try take(line[..<colon], value)
    }

    /// Takes one field; a comment is a field without a name.
    private mutating func take(_ field: ArraySlice<UInt8>, _ value: ArraySlice<UInt8>) throws(EventError) {
        if field.elementsEqual("data".utf8) {
            if hasData { event.data.append(UInt8(ascii: "\n")) }
            hasData = true
            guard event.data.count + value.count <= limits.maximumEventBytes else { throw .eventTooLarge }
            event.data.append(contentsOf: value)
        } else if field.elementsEqual("event".utf8) {
            event.name = value.isEmpty ? nil : String(decoding: value, as: UTF8.self)
        } else if field.elementsEqual("id".utf8), !value.contains(0) {
            event.id = String(decoding: value, as: UTF8.self)
        } else if field.elementsEqual("retry".utf8), value.allSatisfy({ $0 &- UInt8(ascii: "0") < 10 }) {
            event.retry = Int(String(decoding: value, as: UTF8.self))
        }
    }

    private mutating func deliver(_ receive: (ServerSentEvent) throws -> Void) throws {
        let finished = event
        let isEvent = hasData
        event = ServerSentEvent(data: [])
        hasData = false
        if isEvent { try receive(finished) }
    }
}
