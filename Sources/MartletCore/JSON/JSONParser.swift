/// Reads one JSON document from bytes, by recursive descent of bounded depth.
struct JSONParser {
    /// The whole document.
    let bytes: [UInt8]
    /// The next byte to read.
    var position = 0

    let limits: JSONLimits
    private var depth = 0
    private var values = 0

    /// Starts at the first byte.
    init(bytes: [UInt8], limits: JSONLimits) {
        self.bytes = bytes
        self.limits = limits
    }

    /// Reads the document and the white space around it.
    ///
    /// - Throws: `JSONError` with the place of the first fault.
    mutating func document() throws(JSONError) -> JSON {
        if let maximum = limits.maximumBytes, bytes.count > maximum {
            throw error(.tooLarge, at: maximum)
        }
        if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { position = 3 }
        let value = try value()
        skipSpace()
        guard position == bytes.count else { throw error(.trailingCharacters, at: position) }
        return value
    }

    private mutating func value() throws(JSONError) -> JSON {
        values += 1
        guard values <= limits.maximumValues else { throw error(.tooMany, at: position) }
        switch try significant() {
        case UInt8(ascii: "\""): return try stringOrText()
        case UInt8(ascii: "{"): return try object()
        case UInt8(ascii: "["): return try array()
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): return .number(try number())
        case UInt8(ascii: "t"): return try literal("true", .bool(true))
        case UInt8(ascii: "f"): return try literal("false", .bool(false))
        case UInt8(ascii: "n"): return try literal("null", .null)
        default: throw error(.unexpectedCharacter, at: position)
        }
    }

    private mutating func object() throws(JSONError) -> JSON {
        try enter()
        defer { depth -= 1 }
        var members = JSONObject()
        if try take(UInt8(ascii: "}")) { return .object(members) }
        while true {
            guard try significant() == UInt8(ascii: "\"") else {
                throw error(.unexpectedCharacter, at: position)
            }
            let key = try string()
            guard try take(UInt8(ascii: ":")) else { throw error(.unexpectedCharacter, at: position) }
            members.set(key, to: try value())
            if try take(UInt8(ascii: "}")) { return .object(members) }
            guard try take(UInt8(ascii: ",")) else { throw error(.unexpectedCharacter, at: position) }
        }
    }

    private mutating func array() throws(JSONError) -> JSON {
        try enter()
        defer { depth -= 1 }
        var elements: [JSON] = []
        if try take(UInt8(ascii: "]")) { return .array(elements) }
        while true {
            elements.append(try value())
            if try take(UInt8(ascii: "]")) { return .array(elements) }
            guard try take(UInt8(ascii: ",")) else { throw error(.unexpectedCharacter, at: position) }
        }
    }

    /// Steps over an opening bracket.
    private mutating func enter() throws(JSONError) {
        guard depth < limits.maximumDepth else { throw error(.tooDeep, at: position) }
        depth += 1
        position += 1
    }

    private mutating func literal(_ word: String, _ value: JSON) throws(JSONError) -> JSON {
        for letter in word.utf8 {
            guard position < bytes.count else { throw error(.unexpectedEnd, at: position) }
            guard bytes[position] == letter else { throw error(.unexpectedCharacter, at: position) }
            position += 1
        }
        return value
    }

    /// Skips white space and returns the byte after it without reading it.
    private mutating func significant() throws(JSONError) -> UInt8 {
        skipSpace()
        guard position < bytes.count else { throw error(.unexpectedEnd, at: position) }
        return bytes[position]
    }

    /// Reads the next significant byte if it is `expected`.
    private mutating func take(_ expected: UInt8) throws(JSONError) -> Bool {
        guard try significant() == expected else { return false }
        position += 1
        return true
    }

    private mutating func skipSpace() {
        while position < bytes.count {
            switch bytes[position] {
            case 0x20, 0x0A, 0x0D, 0x09: position += 1
            default: return
            }
        }
    }

    /// The fault at a place of this document.
    func error(_ reason: JSONError.Reason, at offset: Int) -> JSONError {
        JSONError(reason, at: offset, in: bytes)
    }
}
