extension JSONParser {
    /// Reads a number that begins at the current byte and keeps its spelling.
    ///
    /// - Throws: `.invalidNumber` or `.unexpectedEnd`.
    mutating func number() throws(JSONError) -> JSONNumber {
        let start = position
        if bytes[position] == UInt8(ascii: "-") { position += 1 }
        let first = position
        try digits()
        if position - first > 1, bytes[first] == UInt8(ascii: "0") {
            throw error(.invalidNumber, at: first)
        }
        if next(isOneOf: UInt8(ascii: "."), UInt8(ascii: ".")) {
            position += 1
            try digits()
        }
        if next(isOneOf: UInt8(ascii: "e"), UInt8(ascii: "E")) {
            position += 1
            if next(isOneOf: UInt8(ascii: "+"), UInt8(ascii: "-")) { position += 1 }
            try digits()
        }
        return JSONNumber(checked: String(decoding: bytes[start..<position], as: UTF8.self))
    }

    /// Reads one digit or more.
    private mutating func digits() throws(JSONError) {
        let start = position
        while position < bytes.count, bytes[position] &- UInt8(ascii: "0") < 10 {
            position += 1
        }
        guard position == start else { return }
        throw error(position == bytes.count ? .unexpectedEnd : .invalidNumber, at: position)
    }

    private func next(isOneOf one: UInt8, _ other: UInt8) -> Bool {
        position < bytes.count && (bytes[position] == one || bytes[position] == other)
    }
}
