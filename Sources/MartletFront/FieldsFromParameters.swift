import FastCGI
import HTTPTypes

/// Finds the header fields among the CGI variables: `HTTP_X_API_KEY` is `x-api-key`.
///
/// Source: RFC 3875, section 4.1.18.
enum FieldsFromParameters {
    static func read(_ parameters: ExchangeParameters) -> HTTPFields {
        var fields = HTTPFields()
        for (name, value) in parameters {
            guard let field = fieldName(name), !value.isEmpty else { continue }
            fields[field] = String(decoding: value, as: UTF8.self)
        }
        return fields
    }

    private static func fieldName(_ variable: String) -> HTTPField.Name? {
        switch variable {
        case "CONTENT_TYPE": return .contentType
        // What Apache's rewrite rules leave of Authorization after an internal redirect.
        case "REDIRECT_HTTP_AUTHORIZATION": return .authorization
        default:
            guard variable.hasPrefix("HTTP_") else { return nil }
            let name = variable.dropFirst(5).lowercased().split(
                separator: "_",
                omittingEmptySubsequences: false
            )
            return HTTPField.Name(name.joined(separator: "-"))
        }
    }
}
