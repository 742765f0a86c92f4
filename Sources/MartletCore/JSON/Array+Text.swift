extension [UInt8] {
    /// Appends a literal's bytes.
    mutating func append(_ text: StaticString) {
        // The buffer is the literal's own and lives as long as the program.
        text.withUTF8Buffer { unsafe append(contentsOf: $0) }
    }

    /// Appends a JSON string: in quotation marks, escaped as RFC 8259, section 7, requires.
    mutating func appendQuoted(_ text: String) {
        append(UInt8(ascii: "\""))
        let stop = text.utf8Span.span.firstStringStop(from: 0)
        if stop == text.utf8.count {
            append(contentsOf: text.utf8)
        } else {
            appendEscaped(Array(text.utf8), from: stop)
        }
        append(UInt8(ascii: "\""))
    }

    /// Appends `text`, whose first byte to escape is at `first`.
    private mutating func appendEscaped(_ text: [UInt8], from first: Int) {
        var written = 0
        var stop = first
        while stop < text.count {
            append(contentsOf: text[written..<stop])
            appendEscape(of: text[stop])
            written = stop + 1
            stop = text.span.firstStringStop(from: written)
        }
        append(contentsOf: text[written...])
    }

    private mutating func appendEscape(of byte: UInt8) {
        switch byte {
        case UInt8(ascii: "\""): append("\\\"")
        case UInt8(ascii: "\\"): append("\\\\")
        case 0x08: append("\\b")
        case 0x09: append("\\t")
        case 0x0A: append("\\n")
        case 0x0C: append("\\f")
        case 0x0D: append("\\r")
        default:
            append("\\u00")
            append(byte >> 4 + UInt8(ascii: "0"))
            append(contentsOf: String(byte & 0xF, radix: 16).utf8)
        }
    }
}
