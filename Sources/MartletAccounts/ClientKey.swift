public import HTTPTypes
public import MartletCore

/// Finds the key that a client sends along.
public enum ClientKey {
    /// The key in `Authorization: Bearer …` or, failing that, in `x-api-key`.
    ///
    /// Some web servers drop `Authorization` (Apache without `CGIPassAuth`), so the second spelling is not a luxury.
    ///
    /// - Throws: `GatewayError` of kind `missingKey`.
    public static func find(in fields: HTTPFields) throws(GatewayError) -> Secret {
        if let key = fields.value(of: .authorization).flatMap(bearer)
            ?? fields.value(of: .apiKey).flatMap(trimmed)
        {
            return Secret(key)
        }
        throw GatewayError(
            .missingKey,
            "Send an API key: 'Authorization: Bearer KEY' or 'x-api-key: KEY'.",
            shouldRetry: false
        )
    }

    private static func bearer(_ value: String) -> String? {
        let word = value.utf8.drop { $0 == UInt8(ascii: " ") }
        guard let end = word.firstIndex(of: UInt8(ascii: " ")) else { return nil }
        // Of the letters beyond ASCII none is one of these in lower case.
        guard word[..<end].elementsEqual("bearer".utf8, by: { $0 | 0x20 == $1 }) else { return nil }
        return trimmed(word[end...])
    }

    private static func trimmed(_ value: String) -> String? {
        trimmed(value.utf8[...])
    }

    /// A key goes into a header field of the vendor's request: printable ASCII without blanks, 1 to 1,024 characters.
    private static func trimmed(_ value: Substring.UTF8View) -> String? {
        var key = value.drop(while: isBlank)
        while let last = key.last, isBlank(last) { key.removeLast() }
        let isSane = key.allSatisfy { $0 > 0x20 && $0 < 0x7f }
        return isSane && (1...1_024).contains(key.count) ? String(Substring(key)) : nil
    }

    private static func isBlank(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t")
    }
}

extension HTTPField.Name {
    /// `x-api-key`, Anthropic's place for the key.
    static let apiKey = HTTPField.Name("x-api-key") ?? .authorization
}
