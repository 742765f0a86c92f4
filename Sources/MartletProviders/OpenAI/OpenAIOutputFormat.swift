import MartletCore

/// Reads what form an answer must have, in OpenAI's two spellings.
enum OpenAIOutputFormat {
    /// `response_format` of Chat Completions: the schema one level down, in `json_schema`.
    static func chat(in body: BodyReader) throws(GatewayError) -> OutputFormat {
        guard let format = try body.field("response_format") else { return .text }
        return try read(format) { format throws(GatewayError) in try format.required("json_schema") }
    }

    /// `text.format` of Responses: name and schema beside `type`.
    static func responses(in body: BodyReader) throws(GatewayError) -> OutputFormat {
        guard let text = try body.field("text"), let format = try text.field("format") else { return .text }
        return try read(format) { format throws(GatewayError) in format }
    }

    static func read(
        _ format: BodyReader,
        schemaPlace: (BodyReader) throws(GatewayError) -> BodyReader
    ) throws(GatewayError) -> OutputFormat {
        let type = try format.required("type")
        switch try type.string() {
        case "text":
            return .text
        case "json_object":
            return .jsonObject
        case "json_schema":
            let place = try schemaPlace(format)
            guard var wanted = place.value.objectValue else { throw place.typeError("an object") }
            _ = try place.field("name")?.string()
            _ = try place.field("description")?.string()
            _ = try place.field("strict")?.bool()
            if let schema = try place.field("schema") { try check(schema) }
            wanted["type"] = nil
            return .jsonSchema(wanted)
        default:
            throw type.error("must be 'text', 'json_object' or 'json_schema'.")
        }
    }

    private static func check(_ schema: BodyReader) throws(GatewayError) {
        guard schema.value.objectValue != nil else { throw schema.typeError("an object") }
        do {
            _ = try JSONSchema(schema.value)
        } catch {
            let place = error.path.isEmpty ? schema.path : "\(schema.path).\(error.path)"
            throw BodyReader(.null, path: place).error(error.problem, code: "invalid_json_schema")
        }
    }
}
