extension [UInt8] {
    /// Appends a literal's bytes.
    public mutating func append(_ text: StaticString) {
        // The buffer is the literal's own and lives as long as the program.
        text.withUTF8Buffer { unsafe append(contentsOf: $0) }
    }

    /// Appends a text as UTF-8.
    public mutating func append(utf8 text: String) {
        append(text.utf8Span.span)
    }

    /// Appends a whole number in decimal digits, with zeros before it up to `width` digits.
    public mutating func append(decimal value: Int, width: Int = 1) {
        if value < 0 { append(UInt8(ascii: "-")) }
        var power: UInt = 1
        for _ in 1..<width { power *= 10 }
        while value.magnitude / power >= 10 { power *= 10 }
        while power > 0 {
            append(UInt8(ascii: "0") + UInt8(value.magnitude / power % 10))
            power /= 10
        }
    }

    /// As one copy: the generic `append(contentsOf:)` takes a string's bytes one by one.
    private mutating func append(_ bytes: Span<UInt8>) {
        unsafe bytes.withUnsafeBufferPointer { unsafe append(contentsOf: $0) }
    }

    /// Appends a JSON string: in quotation marks, escaped as RFC 8259, section 7, requires.
    mutating func appendQuoted(_ text: String) {
        append(UInt8(ascii: "\""))
        let bytes = text.utf8Span.span
        let stop = bytes.firstStringStop(from: 0)
        if stop == bytes.count {
            append(bytes)
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
