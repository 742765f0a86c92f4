import MartletCore

/// The fields around a form and its parts: the boundary, the names.
///
/// Source: RFC 2045 section 5.1, RFC 2183, RFC 7578 section 4.
enum MultipartFields {
    /// An error that says what is wrong with a form.
    static func error(_ problem: String) -> GatewayError {
        GatewayError(
            .invalidRequest,
            "The body is not a valid multipart form: \(problem)",
            code: "invalid_multipart"
        )
    }

    /// The boundary in a content type, 1 to 70 characters.
    ///
    /// - Throws: `GatewayError` of kind `unsupportedMediaType`, or `invalidRequest` for a boundary that is none.
    static func boundary(in contentType: String?) throws(GatewayError) -> [UInt8] {
        let (type, parameters) = split(contentType ?? "")
        guard type == "multipart/form-data" else {
            throw GatewayError(
                .unsupportedMediaType,
                "The body must be a form: send 'Content-Type: multipart/form-data'.",
                code: "unsupported_media_type"
            )
        }
        guard let boundary = parameters["boundary"] else { throw error("its content type has no boundary.") }
        let bytes = Array(boundary.utf8)
        guard (1...70).contains(bytes.count), bytes.last != 0x20, bytes.allSatisfy(isBoundaryCharacter) else {
            throw error("its boundary must be 1 to 70 letters, digits or signs.")
        }
        return bytes
    }

    /// A value and its parameters: `form-data; name="x"` → `form-data`, `["name": "x"]`; names in lower case, of two
    /// equal ones the first.
    static func split(_ value: String) -> (value: String, parameters: [String: String]) {
        var rest = value.utf8[...]
        let head = rest.prefix { $0 != UInt8(ascii: ";") }
        rest = rest.dropFirst(head.count)
        var parameters: [String: String] = [:]
        while rest.first == UInt8(ascii: ";") {
            rest = rest.dropFirst()
            let name = rest.prefix { $0 != UInt8(ascii: "=") && $0 != UInt8(ascii: ";") }
            rest = rest.dropFirst(name.count)
            guard rest.first == UInt8(ascii: "=") else { continue }
            rest = rest.dropFirst()
            let text = parameter(&rest)
            let key = trimmed(name).lowercased()
            if parameters[key] == nil { parameters[key] = text }
        }
        return (trimmed(head).lowercased(), parameters)
    }

    /// A token or a quoted string, and what stands behind it up to the next semicolon.
    private static func parameter(_ rest: inout Substring.UTF8View) -> String {
        rest = rest.drop { $0 == 0x20 || $0 == 0x09 }
        guard rest.first == UInt8(ascii: "\"") else {
            let token = rest.prefix { $0 != UInt8(ascii: ";") }
            rest = rest.dropFirst(token.count)
            return trimmed(token)
        }
        rest = rest.dropFirst()
        var bytes: [UInt8] = []
        while let byte = rest.popFirst(), byte != UInt8(ascii: "\"") {
            // Only quotes and backslashes are escaped: an old browser sends a whole Windows path as it is.
            if byte == UInt8(ascii: "\\"), let next = rest.first, next == 0x22 || next == 0x5c {
                bytes.append(next)
                rest = rest.dropFirst()
            } else {
                bytes.append(byte)
            }
        }
        rest = rest.drop { $0 != UInt8(ascii: ";") }
        return unescaped(String(decoding: bytes, as: UTF8.self))
    }

    /// What the HTML standard escapes in names: quotes and line ends.
    private static func unescaped(_ text: String) -> String {
        guard text.contains("%") else { return text }
        var result = text
        for (escape, character) in [("%22", "\""), ("%0D", "\r"), ("%0A", "\n")] {
            result = result.split(separator: escape, omittingEmptySubsequences: false)
                .joined(separator: character)
        }
        return result
    }

    /// A file's name without its folders, at most 255 bytes, without control characters; nil when nothing is left.
    static func fileName(_ text: String) -> String? {
        let name = text.split(whereSeparator: { $0 == "/" || $0 == "\\" }).last ?? ""
        var kept = ""
        for scalar in name.unicodeScalars where scalar.value >= 0x20 && scalar.value != 0x7f {
            guard kept.utf8.count + UTF8.width(scalar) <= 255 else { break }
            kept.unicodeScalars.append(scalar)
        }
        return kept.isEmpty || kept == "." || kept == ".." ? nil : kept
    }

    private static func trimmed(_ bytes: Substring.UTF8View) -> String {
        var bytes = bytes.drop { $0 == 0x20 || $0 == 0x09 }
        while bytes.last == 0x20 || bytes.last == 0x09 { bytes = bytes.dropLast() }
        return String(decoding: bytes, as: UTF8.self)
    }

    private static func isBoundaryCharacter(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x5a, 0x61...0x7a: true
        default: "'()+_,-./:=? ".utf8.contains(byte)
        }
    }
}
