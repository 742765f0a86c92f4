import MartletCore
import MartletWeb

/// The plain fields of a form as the members of an object, so that one mapping serves forms and JSON.
enum FormFields {
    private static let numbers: Set<String> = [
        "n", "output_compression", "partial_images", "temperature", "speed",
    ]
    private static let truths: Set<String> = ["stream"]

    /// Reads the fields; `name[]` becomes a list, and an empty text counts as absent.
    ///
    /// - Throws: `GatewayError` of kind `invalidRequest` for a field that comes twice or is no text.
    static func object(of form: MultipartForm) throws(GatewayError) -> JSON {
        var object: JSONObject = [:]
        for part in form.parts where part.fileName == nil {
            guard let text = part.text else { throw fault(part.name, "must be text in UTF-8.") }
            if part.name.hasSuffix("[]") {
                let name = String(part.name.dropLast(2))
                object[name] = .array((object[name]?.arrayValue ?? []) + [.string(text)])
                continue
            }
            guard object[part.name] == nil else { throw fault(part.name, "was sent twice.") }
            guard !text.isEmpty else { continue }
            object[part.name] = value(text, of: part.name)
        }
        return .object(object)
    }

    /// A number or truth where the field is one; what cannot be read stays a text, for the mapping to refuse.
    private static func value(_ text: String, of name: String) -> JSON {
        if numbers.contains(name), let number = try? JSON.parse(text), case .number = number { return number }
        if truths.contains(name) {
            switch text.lowercased() {
            case "true", "1": return true
            case "false", "0": return false
            default: break
            }
        }
        return .string(text)
    }

    private static func fault(_ name: String, _ problem: String) -> GatewayError {
        GatewayError(.invalidRequest, "'\(name)' \(problem)", parameter: name, code: "invalid_value")
    }
}
