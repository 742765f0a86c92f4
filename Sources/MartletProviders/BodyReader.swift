import MartletCore

/// Reads the fields of a JSON body and says exactly which one is wrong.
///
/// A field that is `null` counts as absent, as OpenAI's SDKs send it.
struct BodyReader {
    let value: JSON
    /// Where `value` stands in the body, for example `messages[0].content`; empty at the top.
    let path: String

    init(_ value: JSON, path: String = "") {
        self.value = value
        self.path = path
    }

    /// An error that names this place.
    func error(_ problem: String, code: String = "invalid_value") -> GatewayError {
        let place = path.isEmpty ? "The body" : "'\(path)'"
        return GatewayError(
            .invalidRequest,
            "\(place) \(problem)",
            parameter: path.isEmpty ? nil : path,
            code: code
        )
    }

    /// The error for a value of the wrong type.
    func typeError(_ expected: String) -> GatewayError {
        error("must be \(expected), not \(value.typeName).", code: "invalid_type")
    }

    /// A member of this object, nil when absent or null.
    func field(_ key: String) throws(GatewayError) -> BodyReader? {
        guard let object = value.objectValue else { throw typeError("an object") }
        guard let member = object[key], !member.isNull else { return nil }
        return BodyReader(member, path: path.isEmpty ? key : "\(path).\(key)")
    }

    /// A member of this object that must be there.
    func required(_ key: String) throws(GatewayError) -> BodyReader {
        if let member = try field(key) { return member }
        let missing = BodyReader(.null, path: path.isEmpty ? key : "\(path).\(key)")
        throw missing.error("is required.", code: "missing_required_parameter")
    }

    /// Reads the members of this array one by one, up to the first that is wrong: there may be millions.
    func forEachElement(_ read: (BodyReader) throws(GatewayError) -> Void) throws(GatewayError) {
        guard let array = value.arrayValue else { throw typeError("an array") }
        for (index, element) in array.enumerated() {
            try read(BodyReader(element, path: "\(path)[\(index)]"))
        }
    }

    func string() throws(GatewayError) -> String {
        guard let text = value.stringValue else { throw typeError("a string") }
        return text
    }

    /// A string, a long one where it is.
    func text() throws(GatewayError) -> SourceText {
        guard let text = value.textValue else { throw typeError("a string") }
        return text
    }

    func bool() throws(GatewayError) -> Bool {
        guard let truth = value.boolValue else { throw typeError("a boolean") }
        return truth
    }

    func integer(in range: ClosedRange<Int>) throws(GatewayError) -> Int {
        guard case .number = value else { throw typeError("an integer") }
        guard let number = value.intValue else { throw error("must be an integer.", code: "invalid_type") }
        guard range.contains(number) else {
            let limit =
                number < range.lowerBound ? "at least \(range.lowerBound)" : "at most \(range.upperBound)"
            throw error("must be \(limit).")
        }
        return number
    }

    func number(in range: ClosedRange<Double>) throws(GatewayError) -> Double {
        guard case .number = value else { throw typeError("a number") }
        guard let number = value.doubleValue, range.contains(number) else {
            throw error("must be between \(Int(range.lowerBound)) and \(Int(range.upperBound)).")
        }
        return number
    }
}
