/// A JSON schema, and whether values fit it.
///
/// The keywords that OpenAI's structured outputs allow and the usual others: `type`, `properties`, `required`,
/// `additionalProperties`, `enum`, `const`, `items`, `prefixItems`, `anyOf`, `oneOf`, `allOf`, `not`, `$ref` to
/// `#/…`, the limits of numbers, lengths and counts, `uniqueItems`. What else a schema says (`pattern`, `format`,
/// `description` and so on) has no effect.
///
/// Source: JSON Schema 2020-12, Validation.
public struct JSONSchema: Sendable {
    /// More levels or steps than this are taken for an attack: 200 levels, 300,000 steps.
    static let mostLevels = 200
    static let mostSteps = 300_000
    private let root: JSON

    /// Takes a schema.
    ///
    /// - Throws: `JSONSchemaFault` with the place, when a keyword has a value of a wrong kind or a `$ref` leads nowhere.
    public init(_ root: JSON) throws(JSONSchemaFault) {
        self.root = root
        var checker = JSONSchemaChecker(root: root)
        try checker.check(root, at: "")
    }

    /// Why a value does not fit, with the place, for example `items[0].price must be a number, not string`; nil when
    /// it fits.
    public func problem(with value: JSON) -> String? {
        var validator = JSONSchemaValidator(root: root)
        return validator.problem(value, root, at: "", level: 0)
    }

    /// Where a `$ref` leads: `#`, or `#/` and keys separated by slashes (RFC 6901).
    static func resolve(_ reference: String, in root: JSON) -> JSON? {
        guard reference.hasPrefix("#") else { return nil }
        var place = root
        for step in reference.dropFirst().split(separator: "/") {
            let key = step.split(separator: "~1", omittingEmptySubsequences: false).joined(separator: "/")
                .split(separator: "~0", omittingEmptySubsequences: false).joined(separator: "~")
            guard let next = place[key] ?? Int(key).flatMap({ place[$0] }) else { return nil }
            place = next
        }
        return place
    }
}

/// What is wrong with a schema itself.
public struct JSONSchemaFault: Error, Sendable, Equatable {
    /// Where in the schema, for example `properties.name.type`; empty for the whole.
    public let path: String
    /// What is wrong, as a sentence without its subject.
    public let problem: String
}
