import FastCGI
import HTTPTypes

/// Finds the header fields among the CGI variables: `HTTP_X_API_KEY` is `x-api-key`.
///
/// Names are compared as bytes, and no string is made of a variable that is no field: a web server sends many.
///
/// Source: RFC 3875, section 4.1.18.
enum FieldsFromParameters {
    static func read(_ parameters: ExchangeParameters) -> HTTPFields {
        var fields = HTTPFields()
        fields.reserveCapacity(12)
        parameters.forEachInPlace { variable, value in
            guard !value.isEmpty, let name = name(variable) else { return }
            let text = value.withUnsafeBufferPointer { String(decoding: $0, as: UTF8.self) }
            // Assigning looks for what it replaces, and takes cookies apart.
            if name == .cookie || fields.contains(name) {
                fields[name] = text
            } else {
                fields.append(HTTPField(name: name, value: text))
            }
        }
        return fields
    }

    private struct KnownVariable {
        let bytes: [UInt8]
        let name: HTTPField.Name
    }

    /// What nearly every request brings along: looking a name up is cheaper than making it anew.
    private static let known: [KnownVariable] = [
        .accept, .acceptEncoding, .acceptLanguage, .authorization, .cacheControl, .connection,
        .contentLength, .contentType, .cookie, .origin, .referer, .userAgent,
    ].map { (name: HTTPField.Name) in KnownVariable(bytes: Array(variable(name).utf8), name: name) }

    /// The only ones without `HTTP_`.
    private static let others = [
        KnownVariable(bytes: Array("CONTENT_TYPE".utf8), name: .contentType),
        // What Apache's rewrite rules leave of Authorization after an internal redirect.
        KnownVariable(bytes: Array("REDIRECT_HTTP_AUTHORIZATION".utf8), name: .authorization),
    ]

    private static let prefix = Array("HTTP_".utf8)

    private static func name(_ variable: Span<UInt8>) -> HTTPField.Name? {
        guard begins(variable, with: prefix) else { return find(variable, in: others) }
        return find(variable, in: known) ?? unknown(variable)
    }

    private static func variable(_ name: HTTPField.Name) -> String {
        "HTTP_" + name.rawName.uppercased().split(separator: "-").joined(separator: "_")
    }

    private static func find(_ variable: Span<UInt8>, in table: [KnownVariable]) -> HTTPField.Name? {
        for entry in table where entry.bytes.count == variable.count {
            if begins(variable, with: entry.bytes) { return entry.name }
        }
        return nil
    }

    private static func unknown(_ variable: Span<UInt8>) -> HTTPField.Name? {
        var name: [UInt8] = []
        name.reserveCapacity(variable.count)
        for index in prefix.count..<variable.count {
            switch variable[index] {
            case UInt8(ascii: "_"): name.append(UInt8(ascii: "-"))
            case let byte where (0x41...0x5A).contains(byte): name.append(byte | 0x20)
            case let byte: name.append(byte)
            }
        }
        return HTTPField.Name(String(decoding: name, as: UTF8.self))
    }

    private static func begins(_ bytes: Span<UInt8>, with start: [UInt8]) -> Bool {
        guard bytes.count >= start.count else { return false }
        for index in start.indices where bytes[index] != start[index] { return false }
        return true
    }
}
