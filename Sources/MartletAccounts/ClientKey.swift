public import HTTPTypes
public import MartletCore

/// Finds the key that a client sends along.
public enum ClientKey {
    /// The key in `Authorization: Bearer …` or, failing that, in `x-api-key` or `x-goog-api-key`.
    ///
    /// Some web servers drop `Authorization` (Apache without `CGIPassAuth`), so the second spelling is not a luxury.
    ///
    /// - Throws: `GatewayError` of kind `missingKey`.
    public static func find(in fields: HTTPFields) throws(GatewayError) -> Secret {
        if let key = fields.value(of: .authorization).flatMap(bearer)
            ?? fields.value(of: .apiKey).flatMap(trimmed) ?? fields.value(of: .googleKey).flatMap(trimmed)
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
        let bytes = value.utf8Span.span
        var start = 0
        while start < bytes.count, bytes[start] == UInt8(ascii: " ") { start += 1 }
        for letter in "bearer".utf8 {
            // Of the letters beyond ASCII none is one of these in lower case.
            guard start < bytes.count, bytes[start] | 0x20 == letter else { return nil }
            start += 1
        }
        guard start < bytes.count, bytes[start] == UInt8(ascii: " ") else { return nil }
        return trimmed(value, from: start)
    }

    private static func trimmed(_ value: String) -> String? { trimmed(value, from: 0) }

    /// A key goes into a header field of the vendor's request: printable ASCII without blanks, 1 to 1,024 characters.
    private static func trimmed(_ value: String, from offset: Int) -> String? {
        let bytes = value.utf8Span.span
        var (start, end) = (offset, bytes.count)
        while start < end, isBlank(bytes[start]) { start += 1 }
        while start < end, isBlank(bytes[end - 1]) { end -= 1 }
        for index in start..<end where bytes[index] <= 0x20 || bytes[index] >= 0x7f { return nil }
        guard (1...1_024).contains(end - start) else { return nil }
        return String(Substring(value.utf8.dropFirst(start).prefix(end - start)))
    }

    private static func isBlank(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t")
    }
}

extension HTTPField.Name {
    /// `x-api-key`, Anthropic's place for the key.
    static let apiKey = HTTPField.Name("x-api-key") ?? .authorization
    /// `x-goog-api-key`, Google's place for the key.
    static let googleKey = HTTPField.Name("x-goog-api-key") ?? .authorization
}
