/// A JSON value.
///
/// Members keep their order and numbers their spelling, so that what passes through unchanged is written as
/// it came. Two strings are equal as Swift strings are (canonical equivalence); keys are compared by bytes.
///
/// Source: RFC 8259.
public enum JSON: Sendable, Equatable {
    /// The literal `null`.
    case null
    /// The literal `true` or `false`.
    case bool(Bool)
    /// A number, as it was spelled.
    case number(JSONNumber)
    /// A string, its escapes resolved.
    case string(String)
    /// A long string, left where it was read; only where `JSONLimits.keptLength` asks for it.
    ///
    /// It equals no `string`, not even one with the same text.
    case longString(SourceText)
    /// Values in order.
    case array([JSON])
    /// Members in order.
    case object(JSONObject)

    /// A whole number.
    public init(_ value: Int) {
        self = .number(JSONNumber(value))
    }

    /// A number, or `null` when `value` is not finite, as ECMAScript's `JSON.stringify` has it.
    public init(_ value: Double) {
        self = value.isFinite ? .number(JSONNumber(value)) : .null
    }
}

extension JSON {
    /// Whether this is `null`.
    public var isNull: Bool { self == .null }

    /// The value of `true` or `false`, nil for anything else.
    public var boolValue: Bool? {
        if case .bool(let value) = self { value } else { nil }
    }

    /// The value of a number that is whole and fits (`3`, also `3.0` and `3e2`), nil for anything else.
    public var intValue: Int? {
        if case .number(let value) = self { value.int } else { nil }
    }

    /// The nearest value of a number that a `Double` can hold, nil for anything else.
    public var doubleValue: Double? {
        if case .number(let value) = self { value.double } else { nil }
    }

    /// The text of a string, nil for anything else.
    ///
    /// A long one is copied out of its document.
    public var stringValue: String? {
        switch self {
        case .string(let value): value
        case .longString(let value): value.string
        default: nil
        }
    }

    /// The text of a string, a long one where it is, nil for anything else.
    public var textValue: SourceText? {
        switch self {
        case .string(let value): SourceText(value)
        case .longString(let value): value
        default: nil
        }
    }

    /// The elements of an array, nil for anything else.
    public var arrayValue: [JSON]? {
        if case .array(let value) = self { value } else { nil }
    }

    /// The members of an object, nil for anything else.
    public var objectValue: JSONObject? {
        if case .object(let value) = self { value } else { nil }
    }

    /// What kind of value this is, in the words of RFC 8259: for error messages.
    public var typeName: String {
        switch self {
        case .null: "null"
        case .bool: "boolean"
        case .number: "number"
        case .string, .longString: "string"
        case .array: "array"
        case .object: "object"
        }
    }

    /// The member called `key`, nil where there is none or this is no object.
    public subscript(_ key: String) -> JSON? {
        if case .object(let members) = self { members[key] } else { nil }
    }

    /// The element at `index`, nil where there is none or this is no array.
    public subscript(_ index: Int) -> JSON? {
        guard case .array(let elements) = self, elements.indices.contains(index) else { return nil }
        return elements[index]
    }
}

extension JSON {
    /// Reads one JSON document.
    ///
    /// Strict as RFC 8259 is, with three decisions where it leaves room: a byte order mark at the start is
    /// skipped, an escaped surrogate without its partner becomes U+FFFD, and of members with the same name
    /// the last value stays in the place of the first.
    ///
    /// - Throws: `JSONError` with the place of the first fault.
    public static func parse(_ bytes: [UInt8], limits: JSONLimits = .default) throws(JSONError) -> JSON {
        var parser = JSONParser(bytes: bytes, limits: limits)
        return try parser.document()
    }

    /// Reads one JSON document; offsets in errors count from the start of the slice.
    ///
    /// - Throws: `JSONError` with the place of the first fault.
    public static func parse(
        _ bytes: ArraySlice<UInt8>,
        limits: JSONLimits = .default
    ) throws(JSONError) -> JSON {
        try parse(Array(bytes), limits: limits)
    }

    /// Reads one JSON document; offsets in errors count UTF-8 bytes.
    ///
    /// - Throws: `JSONError` with the place of the first fault.
    public static func parse(_ text: String, limits: JSONLimits = .default) throws(JSONError) -> JSON {
        try parse(Array(text.utf8), limits: limits)
    }

    /// The value as UTF-8 without insignificant white space.
    public func serialized() -> [UInt8] {
        var writer = JSONWriter()
        writer.write(self)
        return writer.bytes
    }
}
