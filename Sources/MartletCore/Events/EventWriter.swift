/// Writes an event stream.
///
/// Source: WHATWG HTML, section 9.2.5.
public enum EventWriter {
    /// Appends one event.
    ///
    /// Each line of `data`, ended by LF, CRLF or CR, becomes a field of its own; the reader joins them with LF.
    /// Line ends in `name` are dropped, so that it cannot begin another field.
    public static func write(data: [UInt8], name: String? = nil, into stream: inout [UInt8]) {
        if let name {
            stream.append("event: ")
            stream.append(contentsOf: name.utf8.lazy.filter { !isLineEnd($0) })
            stream.append("\n")
        }
        var start = 0
        while true {
            let end = data.span.firstLineEnd(from: start)
            stream.append("data: ")
            stream.append(contentsOf: data[start..<end])
            stream.append("\n")
            guard end < data.count else { break }
            let isPair = data[end...].starts(with: [0x0D, 0x0A])
            start = end + (isPair ? 2 : 1)
        }
        stream.append("\n")
    }

    /// Appends a comment, which readers skip: `: ping`; `text` must be one line.
    public static func comment(_ text: StaticString, into stream: inout [UInt8]) {
        stream.append(": ")
        stream.append(text)
        stream.append("\n\n")
    }

    private static func isLineEnd(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: "\n") || byte == UInt8(ascii: "\r")
    }
}
