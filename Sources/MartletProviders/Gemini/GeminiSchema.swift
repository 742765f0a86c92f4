import MartletCore

/// Makes a JSON schema one that Gemini takes: a part of OpenAPI 3.0's, without references and without what it refuses.
///
/// Source: Google's reference of the Gemini API, Schema (2026-10).
enum GeminiSchema {
    /// A schema that holds itself ends here.
    private static let deepest = 12
    private static let kept: Set<String> = [
        "type", "format", "title", "description", "nullable", "enum", "maxItems", "minItems", "properties",
        "required",
        "minProperties", "maxProperties", "minLength", "maxLength", "pattern", "example", "anyOf",
        "propertyOrdering",
        "default", "items", "minimum", "maximum",
    ]

    /// The schema without what Gemini does not know.
    static func cleaned(_ schema: JSON) -> JSON {
        let definitions = schema["$defs"]?.objectValue ?? schema["definitions"]?.objectValue ?? [:]
        return clean(schema, definitions: definitions, depth: 0)
    }

    private static func clean(_ schema: JSON, definitions: JSONObject, depth: Int) -> JSON {
        guard case .object(var members) = schema, depth <= deepest else { return ["type": "object"] }
        if let name = members["$ref"]?.stringValue?.split(separator: "/").last,
            let found = definitions[String(name)]
        {
            return clean(found, definitions: definitions, depth: depth + 1)
        }
        flatten(&members, definitions: definitions)
        if let constant = members["const"] { members["enum"] = [constant] }
        takeType(&members)
        if let bound = members["exclusiveMinimum"], members["minimum"] == nil { members["minimum"] = bound }
        if let bound = members["exclusiveMaximum"], members["maximum"] == nil { members["maximum"] = bound }
        var cleaned: JSONObject = [:]
        for (key, value) in members where kept.contains(key) {
            cleaned[key] = inner(key, value, definitions: definitions, depth: depth)
        }
        // Only texts are listed there.
        if let list = cleaned["enum"]?.arrayValue {
            let texts = list.filter { !$0.isNull }.map { $0.stringValue.map { .string($0) } ?? text(of: $0) }
            cleaned["enum"] = .array(texts)
            if cleaned["type"] != "string" { cleaned["type"] = "string" }
        }
        if cleaned["type"] == nil, cleaned["anyOf"] == nil {
            cleaned["type"] = cleaned["properties"] == nil ? "string" : "object"
        }
        return .object(cleaned)
    }

    private static func inner(_ key: String, _ value: JSON, definitions: JSONObject, depth: Int) -> JSON {
        switch key {
        case "properties":
            var properties: JSONObject = [:]
            for (name, schema) in value.objectValue ?? [:] {
                properties[name] = clean(schema, definitions: definitions, depth: depth + 1)
            }
            return .object(properties)
        case "items":
            let schema = value.arrayValue?.first ?? value
            return clean(schema, definitions: definitions, depth: depth + 1)
        case "anyOf":
            return .array(
                (value.arrayValue ?? []).map { clean($0, definitions: definitions, depth: depth + 1) }
            )
        case "format":
            let isKnown = ["float", "double", "int32", "int64", "date-time", "enum"].contains(
                value.stringValue
            )
            return isKnown ? value : nil
        default: return value
        }
    }

    /// `["string", "null"]` becomes a type that may be null, and other lists become a choice.
    private static func takeType(_ members: inout JSONObject) {
        guard let list = members["type"]?.arrayValue else { return }
        let types = list.filter { $0 != "null" }
        if types.count < list.count { members["nullable"] = true }
        if types.count == 1 {
            members["type"] = types[0]
        } else {
            members["type"] = nil
            members["anyOf"] = .array(types.map { ["type": $0] })
        }
    }

    /// `allOf` is put together, `oneOf` counts as `anyOf`, and a choice with null is a type that may be null.
    private static func flatten(_ members: inout JSONObject, definitions: JSONObject) {
        for part in members["allOf"]?.arrayValue ?? [] {
            var part = part
            if let name = part["$ref"]?.stringValue?.split(separator: "/").last {
                part = definitions[String(name)] ?? part
            }
            for (key, value) in part.objectValue ?? [:] {
                if key == "properties", case .object(var earlier)? = members["properties"] {
                    for (name, schema) in value.objectValue ?? [:] { earlier[name] = schema }
                    members["properties"] = .object(earlier)
                } else if key == "required", let earlier = members["required"]?.arrayValue {
                    members["required"] = .array(earlier + (value.arrayValue ?? []))
                } else if members[key] == nil {
                    members[key] = value
                }
            }
        }
        if members["anyOf"] == nil { members["anyOf"] = members["oneOf"] }
        guard let choices = members["anyOf"]?.arrayValue else { return }
        let real = choices.filter { $0["type"] != "null" }
        guard real.count < choices.count else { return }
        members["nullable"] = true
        members["anyOf"] = real.count == 1 ? nil : .array(real)
        guard real.count == 1 else { return }
        for (key, value) in real[0].objectValue ?? [:] where members[key] == nil { members[key] = value }
        if let name = members["$ref"]?.stringValue?.split(separator: "/").last {
            for (key, value) in definitions[String(name)]?.objectValue ?? [:] where members[key] == nil {
                members[key] = value
            }
        }
    }

    private static func text(of value: JSON) -> JSON {
        .string(String(decoding: value.serialized(), as: UTF8.self))
    }

    /// Gemini's own schema as a JSON schema: its types are in capitals.
    static func plain(_ schema: JSON) -> JSON {
        guard case .object(let members) = schema else { return schema }
        var plain: JSONObject = [:]
        for (key, value) in members {
            switch key {
            case "type": plain[key] = value.stringValue.map { .string($0.lowercased()) } ?? value
            case "properties":
                var properties: JSONObject = [:]
                for (name, schema) in value.objectValue ?? [:] { properties[name] = self.plain(schema) }
                plain[key] = .object(properties)
            case "items": plain[key] = self.plain(value)
            case "anyOf": plain[key] = .array((value.arrayValue ?? []).map(self.plain))
            case "nullable", "propertyOrdering", "property_ordering", "example": continue
            case "minItems", "maxItems", "minLength", "maxLength", "minProperties", "maxProperties":
                // Google spells 64-bit numbers as texts.
                plain[key] = value.stringValue.flatMap(Int.init).map { JSON($0) } ?? value
            default: plain[key] = value
            }
        }
        if members["nullable"] == true, let type = plain["type"] { plain["type"] = [type, "null"] }
        return .object(plain)
    }
}
