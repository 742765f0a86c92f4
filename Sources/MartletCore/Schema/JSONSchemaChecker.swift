/// Goes once through a schema and finds what no value could ever be compared with.
struct JSONSchemaChecker {
    private static let types: Set<String> = [
        "string", "number", "integer", "boolean", "object", "array", "null",
    ]
    private static let whole = [
        "minLength", "maxLength", "minItems", "maxItems", "minProperties", "maxProperties",
    ]
    private static let numbers = [
        "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf",
    ]
    private let root: JSON
    private var steps = 0

    init(root: JSON) {
        self.root = root
    }

    mutating func check(_ schema: JSON, at path: String) throws(JSONSchemaFault) {
        steps += 1
        guard steps < 100_000 else { throw JSONSchemaFault(path: path, problem: "is too large.") }
        if schema.boolValue != nil { return }
        guard let members = schema.objectValue else {
            throw JSONSchemaFault(path: path, problem: "must be an object, not \(schema.typeName).")
        }
        for (key, value) in members {
            try check(keyword: key, value, at: path.isEmpty ? key : "\(path).\(key)")
        }
    }

    private mutating func check(keyword: String, _ value: JSON, at path: String) throws(JSONSchemaFault) {
        switch keyword {
        case "type":
            try checkType(value, at: path)
        case "properties", "$defs", "definitions":
            guard let members = value.objectValue else { throw wrong(path, "an object", value) }
            for (name, schema) in members { try check(schema, at: "\(path).\(name)") }
        case "items", "additionalProperties", "not":
            try check(value, at: path)
        case "anyOf", "oneOf", "allOf", "prefixItems":
            guard let schemas = value.arrayValue, !schemas.isEmpty else {
                throw wrong(path, "an array", value)
            }
            for (index, schema) in schemas.enumerated() { try check(schema, at: "\(path)[\(index)]") }
        case "required":
            let names = value.arrayValue
            guard let names, names.allSatisfy({ $0.stringValue != nil }) else {
                throw wrong(path, "an array of strings", value)
            }
        case "enum":
            guard value.arrayValue?.isEmpty == false else { throw wrong(path, "an array with values", value) }
        case "$ref":
            guard let reference = value.stringValue else { throw wrong(path, "a string", value) }
            guard JSONSchema.resolve(reference, in: root) != nil else {
                throw JSONSchemaFault(
                    path: path,
                    problem: "leads nowhere: only '#/…' inside the schema works."
                )
            }
        case _ where Self.whole.contains(keyword):
            guard let count = value.intValue, count >= 0 else { throw wrong(path, "a whole number", value) }
        case _ where Self.numbers.contains(keyword):
            guard value.doubleValue != nil else { throw wrong(path, "a number", value) }
        default:
            break
        }
    }

    private func checkType(_ value: JSON, at path: String) throws(JSONSchemaFault) {
        let names = value.stringValue.map { [JSON.string($0)] } ?? value.arrayValue ?? []
        guard !names.isEmpty, names.allSatisfy({ Self.types.contains($0.stringValue ?? "") }) else {
            throw JSONSchemaFault(path: path, problem: "must be a JSON type or a list of them.")
        }
    }

    private func wrong(_ path: String, _ expected: String, _ value: JSON) -> JSONSchemaFault {
        JSONSchemaFault(path: path, problem: "must be \(expected), not \(value.typeName).")
    }
}
