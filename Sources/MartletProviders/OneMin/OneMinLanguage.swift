import MartletCore

/// Languages as the models want them: `en` for some, `en-US` for others.
///
/// Source: ISO 639-1, BCP 47, and Google's list of supported languages.
enum OneMinLanguage {
    /// Languages whose usual region is not their own name in capitals.
    private static let regions = [
        "af": "ZA", "ar": "EG", "bn": "BD", "ca": "ES", "cs": "CZ", "cy": "GB", "da": "DK", "el": "GR",
        "en": "US",
        "et": "EE", "eu": "ES", "fa": "IR", "gl": "ES", "gu": "IN", "he": "IL", "hi": "IN", "hy": "AM",
        "ja": "JP",
        "ka": "GE", "kk": "KZ", "km": "KH", "kn": "IN", "ko": "KR", "lo": "LA", "ml": "IN", "mr": "IN",
        "ms": "MY",
        "my": "MM", "nb": "NO", "ne": "NP", "no": "NO", "pa": "IN", "pt": "BR", "si": "LK", "sl": "SI",
        "sq": "AL",
        "sr": "RS", "sv": "SE", "sw": "KE", "ta": "IN", "te": "IN", "uk": "UA", "ur": "PK", "vi": "VN",
        "zh": "CN",
        "zu": "ZA",
    ]

    /// The language without its region: `en-US` → `en`.
    ///
    /// - Throws: `GatewayError` of kind `invalidRequest` for what is no language.
    static func alone(_ text: String) throws(GatewayError) -> String {
        try parts(of: text)[0].lowercased()
    }

    /// The language with a region: `en` → `en-US`; a region that is given stays.
    ///
    /// - Throws: `GatewayError` of kind `invalidRequest` for what is no language.
    static func withRegion(_ text: String) throws(GatewayError) -> String {
        let parts = try parts(of: text)
        let language = parts[0].lowercased()
        guard parts.count == 1 else {
            return ([language] + parts.dropFirst().map(String.init)).joined(separator: "-")
        }
        return language + "-" + (regions[language] ?? language.uppercased())
    }

    private static func parts(of text: String) throws(GatewayError) -> [Substring] {
        let parts = text.split(omittingEmptySubsequences: false) { $0 == "-" || $0 == "_" }
        let isSane = parts.allSatisfy { part in
            (1...8).contains(part.utf8.count)
                && part.utf8.allSatisfy { byte in
                    (0x30...0x39).contains(byte) || (0x41...0x5a).contains(byte)
                        || (0x61...0x7a).contains(byte)
                }
        }
        guard isSane, (1...4).contains(parts.count), (2...3).contains(parts[0].utf8.count) else {
            throw GatewayError(
                .invalidRequest,
                "'language' must be a code such as 'en' or 'en-US'.",
                parameter: "language",
                code: "invalid_value"
            )
        }
        return parts
    }
}
