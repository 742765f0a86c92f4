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
        if let key = fields[.authorization].flatMap(bearer) ?? fields[.apiKey].flatMap(trimmed) {
            return Secret(key)
        }
        throw GatewayError(
            .missingKey,
            "Send an API key: 'Authorization: Bearer KEY' or 'x-api-key: KEY'.",
            shouldRetry: false
        )
    }

    private static func bearer(_ value: String) -> String? {
        let parts = value.split(separator: " ", maxSplits: 1)
        guard parts.count == 2, parts[0].lowercased() == "bearer" else { return nil }
        return trimmed(String(parts[1]))
    }

    /// A key goes into a header field of the vendor's request: printable ASCII without blanks, 1 to 1,024 characters.
    private static func trimmed(_ value: String) -> String? {
        var key = value.drop { $0 == " " || $0 == "\t" }
        while key.last == " " || key.last == "\t" { key = key.dropLast() }
        let isSane = key.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7f }
        return isSane && (1...1_024).contains(key.utf8.count) ? String(key) : nil
    }
}

extension HTTPField.Name {
    /// `x-api-key`, Anthropic's place for the key.
    static let apiKey = HTTPField.Name("x-api-key") ?? .authorization
}
