/// Compares one value with a schema that has been checked.
struct JSONSchemaValidator {
    private let root: JSON
    private var steps = 0
    /// Of a path or a problem, which schemas and answers can make as long as they like, this much is said.
    private static let longestSaid = 500

    init(root: JSON) {
        self.root = root
    }

    /// The first problem; nil when there is none.
    mutating func problem(_ value: JSON, _ schema: JSON, at path: String, level: Int) -> String? {
        steps += 1
        guard level < JSONSchema.mostLevels, steps < JSONSchema.mostSteps else {
            return said(path, "is compared with a schema that never ends")
        }
        guard let members = schema.objectValue else {
            return schema == false ? said(path, "must not be there") : nil
        }
        if let reference = members["$ref"]?.stringValue {
            spend(reference.utf8.count)
            guard let target = JSONSchema.resolve(reference, in: root) else {
                return said(path, "cannot be checked")
            }
            if let found = problem(value, target, at: path, level: level + 1) { return found }
        }
        if let found = plainProblem(value, members, at: path) { return found }
        if let found = combinationProblem(value, members, at: path, level: level) { return found }
        if let object = value.objectValue {
            return objectProblem(object, members, at: path, level: level)
        }
        if let array = value.arrayValue { return arrayProblem(array, members, at: path, level: level) }
        return nil
    }

    /// Counts work that is not a call of `problem`: eight comparisons are a step.
    private mutating func spend(_ comparisons: Int) { steps += comparisons / 8 }

    private mutating func plainProblem(_ value: JSON, _ schema: JSONObject, at path: String) -> String? {
        if let wanted = schema["type"] {
            spend(wanted.arrayValue?.count ?? 0)
            let names = wanted.arrayValue?.compactMap(\.stringValue) ?? [wanted.stringValue ?? ""]
            guard names.contains(where: { Self.fits(value, type: $0) }) else {
                return said(path, "must be \(names.joined(separator: " or ")), not \(value.typeName)")
            }
        }
        if let values = schema["enum"]?.arrayValue {
            spend(values.count)
            if !values.contains(where: { Self.same($0, value) }) {
                let shown = values.prefix(20).map { text(of: $0) }
                return said(path, "must be one of \(shown.joined(separator: ", "))")
            }
        }
        if let constant = schema["const"], !Self.same(constant, value) {
            return said(path, "must be \(text(of: constant))")
        }
        if let number = value.doubleValue { return numberProblem(number, schema, at: path) }
        if let text = value.stringValue, schema["minLength"] != nil || schema["maxLength"] != nil {
            spend(text.utf8.count / 8)
            return countProblem(
                text.unicodeScalars.count,
                "characters",
                schema["minLength"],
                schema["maxLength"],
                at: path
            )
        }
        return nil
    }

    private func numberProblem(_ number: Double, _ schema: JSONObject, at path: String) -> String? {
        if let limit = schema["minimum"]?.doubleValue, number < limit {
            return said(path, "must be at least \(limit)")
        }
        if let limit = schema["maximum"]?.doubleValue, number > limit {
            return said(path, "must be at most \(limit)")
        }
        if let limit = schema["exclusiveMinimum"]?.doubleValue, number <= limit {
            return said(path, "must be above \(limit)")
        }
        if let limit = schema["exclusiveMaximum"]?.doubleValue, number >= limit {
            return said(path, "must be below \(limit)")
        }
        if let step = schema["multipleOf"]?.doubleValue, step > 0 {
            let quotient = number / step
            // 0.3 is a multiple of 0.1, whatever binary fractions say.
            guard abs(quotient - quotient.rounded()) < 1e-9 * max(1, abs(quotient)) else {
                return said(path, "must be a multiple of \(step)")
            }
        }
        return nil
    }

    private mutating func combinationProblem(
        _ value: JSON,
        _ schema: JSONObject,
        at path: String,
        level: Int
    ) -> String? {
        for part in schema["allOf"]?.arrayValue ?? [] {
            if let found = problem(value, part, at: path, level: level + 1) { return found }
        }
        if let parts = schema["anyOf"]?.arrayValue {
            var first: String?
            for part in parts {
                guard let found = problem(value, part, at: path, level: level + 1) else {
                    first = nil
                    break
                }
                first = first ?? found
            }
            // Of alternatives in alternatives the innermost says what to mend.
            let none = "fits none of the alternatives; the first: "
            if let first { return first.contains(none) ? first : said(path, none + first) }
        }
        if let parts = schema["oneOf"]?.arrayValue {
            var fitting = 0
            for part in parts where problem(value, part, at: path, level: level + 1) == nil { fitting += 1 }
            if fitting != 1 { return said(path, "fits \(fitting) of the alternatives, not one") }
        }
        if let part = schema["not"], problem(value, part, at: path, level: level + 1) == nil {
            return said(path, "fits what is excluded")
        }
        return nil
    }

    private mutating func objectProblem(
        _ object: JSONObject,
        _ schema: JSONObject,
        at path: String,
        level: Int
    ) -> String? {
        let required = schema["required"]?.arrayValue ?? []
        spend(required.count + object.count)
        for case let name? in required.lazy.map(\.stringValue) where object[name] == nil {
            return said(join(path, name), "is missing")
        }
        let known = schema["properties"]?.objectValue ?? [:]
        let others = schema["additionalProperties"]
        for (name, value) in object {
            if let part = known[name] {
                if let found = problem(value, part, at: join(path, name), level: level + 1) { return found }
            } else if let others {
                if others == false { return said(join(path, name), "is not in the schema") }
                if let found = problem(value, others, at: join(path, name), level: level + 1) { return found }
            }
        }
        return countProblem(
            object.count,
            "members",
            schema["minProperties"],
            schema["maxProperties"],
            at: path
        )
    }

    private mutating func arrayProblem(
        _ array: [JSON],
        _ schema: JSONObject,
        at path: String,
        level: Int
    ) -> String? {
        if let found = countProblem(
            array.count,
            "elements",
            schema["minItems"],
            schema["maxItems"],
            at: path
        ) {
            return found
        }
        spend(array.count)
        let first = schema["prefixItems"]?.arrayValue ?? []
        for (index, element) in array.enumerated() {
            guard let part = index < first.count ? first[index] : schema["items"] else { continue }
            let place = "\(path)[\(index)]"
            if let found = problem(element, part, at: place, level: level + 1) { return found }
        }
        if schema["uniqueItems"] == true {
            var seen: Set<[UInt8]> = []
            for element in array {
                let bytes = element.serialized()
                spend(bytes.count)
                guard seen.insert(bytes).inserted else { return said(path, "must not hold an element twice") }
            }
        }
        return nil
    }

    private func countProblem(
        _ count: Int,
        _ unit: String,
        _ least: JSON?,
        _ most: JSON?,
        at path: String
    ) -> String? {
        if let limit = least?.intValue, count < limit {
            return said(path, "must have at least \(limit) \(unit)")
        }
        if let limit = most?.intValue, count > limit {
            return said(path, "must have at most \(limit) \(unit)")
        }
        return nil
    }

    private static func fits(_ value: JSON, type: String) -> Bool {
        type == "integer" ? value.intValue != nil : value.typeName == type
    }

    /// Whether two values are the same; `1` and `1.0` are.
    private static func same(_ one: JSON, _ other: JSON) -> Bool {
        if let first = one.doubleValue, let second = other.doubleValue { return first == second }
        return one == other
    }

    /// A value as it stands in a problem.
    private mutating func text(of value: JSON) -> String {
        let bytes = value.serialized()
        spend(bytes.count)
        return Self.cut(String(decoding: bytes, as: UTF8.self))
    }

    private func join(_ path: String, _ name: String) -> String {
        Self.cut(path.isEmpty ? name : "\(path).\(name)")
    }

    private func said(_ path: String, _ problem: String) -> String {
        Self.cut("\(path.isEmpty ? "the value" : path) \(problem)")
    }

    private static func cut(_ text: String) -> String {
        text.utf8.count <= longestSaid ? text : String(text.unicodeScalars.prefix(longestSaid - 1)) + "…"
    }
}
