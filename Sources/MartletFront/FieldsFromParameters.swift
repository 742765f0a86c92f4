import FastCGI
import HTTPTypes

/// Finds the header fields among the CGI variables: `HTTP_X_API_KEY` is `x-api-key`.
///
/// Source: RFC 3875, section 4.1.18.
enum FieldsFromParameters {
    static func read(_ parameters: ExchangeParameters) -> HTTPFields {
        var fields = HTTPFields()
        for (name, value) in parameters {
            guard !value.isEmpty, let field = known[name] ?? unknownField(name) else { continue }
            fields[field] = String(decoding: value, as: UTF8.self)
        }
        return fields
    }

    /// What nearly every request brings along: looking a name up is cheaper than making it anew.
    private static let known: [String: HTTPField.Name] = {
        var known: [String: HTTPField.Name] = ["CONTENT_TYPE": .contentType]
        // What Apache's rewrite rules leave of Authorization after an internal redirect.
        known["REDIRECT_HTTP_AUTHORIZATION"] = .authorization
        let names: [HTTPField.Name] = [
            .accept, .acceptEncoding, .acceptLanguage, .authorization, .cacheControl, .connection,
            .contentLength,
            .contentType, .cookie, .origin, .referer, .userAgent,
        ]
        for name in names { known[variable(name)] = name }
        return known
    }()

    private static func variable(_ name: HTTPField.Name) -> String {
        "HTTP_" + name.rawName.uppercased().split(separator: "-").joined(separator: "_")
    }

    private static func unknownField(_ variable: String) -> HTTPField.Name? {
        guard variable.utf8.starts(with: "HTTP_".utf8) else { return nil }
        let bytes = variable.utf8.dropFirst(5).map { byte -> UInt8 in
            switch byte {
            case UInt8(ascii: "_"): UInt8(ascii: "-")
            case 0x41...0x5A: byte | 0x20
            default: byte
            }
        }
        return HTTPField.Name(String(decoding: bytes, as: UTF8.self))
    }
}
