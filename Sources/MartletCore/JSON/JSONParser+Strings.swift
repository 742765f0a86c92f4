extension JSONParser {
    /// Reads a string that begins at the current byte, a quotation mark.
    ///
    /// - Throws: `.unexpectedEnd`, `.controlCharacter`, `.invalidEscape` or `.invalidUTF8`.
    mutating func string() throws(JSONError) -> String {
        let start = position + 1
        position = try plainEnd(from: start)
        if bytes[position] == UInt8(ascii: "\"") {
            defer { position += 1 }
            return try text(bytes.span.extracting(start..<position), from: start)
        }
        var resolved = Array(bytes[start..<position])
        while bytes[position] == UInt8(ascii: "\\") {
            try escape(into: &resolved)
            let end = try plainEnd(from: position)
            resolved.append(contentsOf: bytes[position..<end])
            position = end
        }
        defer { position += 1 }
        return try text(resolved.span, from: start)
    }

    /// Reads a string that begins at the current byte, and leaves a long one where it is if the limits say so.
    ///
    /// - Throws: as `string` does.
    mutating func stringOrText() throws(JSONError) -> JSON {
        guard bytes.count - position > limits.keptLength else { return .string(try string()) }
        let start = position + 1
        var hasEscapes = false
        var scratch: [UInt8] = []
        position = try plainEnd(from: start)
        while bytes[position] == UInt8(ascii: "\\") {
            hasEscapes = true
            scratch.removeAll(keepingCapacity: true)
            try escape(into: &scratch)
            position = try plainEnd(from: position)
        }
        guard position - start >= limits.keptLength else {
            position = start - 1
            return .string(try string())
        }
        guard (try? UTF8Span(validating: bytes.span.extracting(start..<position))) != nil else {
            throw error(.invalidUTF8, at: firstInvalid(from: start))
        }
        let text = SourceText(in: bytes, range: start..<position, form: hasEscapes ? .escaped : .plain)
        position += 1
        return .longString(text)
    }

    /// Finds the quotation mark or backslash that ends a run of plain characters.
    private func plainEnd(from start: Int) throws(JSONError) -> Int {
        let end = bytes.span.firstStringStop(from: start)
        guard end < bytes.count else { throw error(.unexpectedEnd, at: end) }
        guard bytes[end] >= 0x20 else { throw error(.controlCharacter, at: end) }
        return end
    }

    /// Makes a string of its resolved bytes.
    private func text(_ resolved: Span<UInt8>, from start: Int) throws(JSONError) -> String {
        do {
            return String(copying: try UTF8Span(validating: resolved))
        } catch {
            throw self.error(.invalidUTF8, at: firstInvalid(from: start))
        }
    }

    /// Where the source of a string stops being UTF-8.
    ///
    /// Escapes are ASCII, so the source is at fault where what it resolves to is.
    private func firstInvalid(from start: Int) -> Int {
        do {
            _ = try UTF8Span(validating: bytes.span.extracting(start..<position))
            return start
        } catch {
            return start + error.byteOffsets.lowerBound
        }
    }

    /// Reads an escape that begins at the current byte, a backslash.
    private mutating func escape(into resolved: inout [UInt8]) throws(JSONError) {
        let start = position
        guard start + 1 < bytes.count else { throw error(.unexpectedEnd, at: bytes.count) }
        position += 2
        switch bytes[start + 1] {
        case UInt8(ascii: "\""): resolved.append(UInt8(ascii: "\""))
        case UInt8(ascii: "\\"): resolved.append(UInt8(ascii: "\\"))
        case UInt8(ascii: "/"): resolved.append(UInt8(ascii: "/"))
        case UInt8(ascii: "b"): resolved.append(0x08)
        case UInt8(ascii: "f"): resolved.append(0x0C)
        case UInt8(ascii: "n"): resolved.append(0x0A)
        case UInt8(ascii: "r"): resolved.append(0x0D)
        case UInt8(ascii: "t"): resolved.append(0x09)
        case UInt8(ascii: "u"): resolved.append(contentsOf: Array(String(try escapedScalar()).utf8))
        default: throw error(.invalidEscape, at: start)
        }
    }

    /// Reads the digits after `\u`, and those of its partner when they begin a surrogate pair.
    private mutating func escapedScalar() throws(JSONError) -> Unicode.Scalar {
        let unit = try hexadecimal()
        if let scalar = Unicode.Scalar(unit) { return scalar }
        // RFC 8259, section 8.2, leaves open what a lone surrogate means; no Unicode string can hold one.
        let replacement: Unicode.Scalar = "\u{FFFD}"
        guard UTF16.isLeadSurrogate(unit), bytes[position...].starts(with: [0x5C, 0x75]) else {
            return replacement
        }
        let before = position
        position += 2
        let partner = try hexadecimal()
        guard UTF16.isTrailSurrogate(partner) else {
            position = before
            return replacement
        }
        let value = 0x10000 + (UInt32(unit) - 0xD800) << 10 + (UInt32(partner) - 0xDC00)
        return Unicode.Scalar(value) ?? replacement
    }

    private mutating func hexadecimal() throws(JSONError) -> UInt16 {
        var value: UInt16 = 0
        for _ in 0..<4 {
            guard position < bytes.count else { throw error(.unexpectedEnd, at: position) }
            guard let digit = Character(Unicode.Scalar(bytes[position])).hexDigitValue else {
                throw error(.invalidEscape, at: position)
            }
            value = value << 4 | UInt16(digit)
            position += 1
        }
        return value
    }
}
