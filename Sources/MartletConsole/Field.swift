import MartletCore

/// A member of a request's body: its name, what it may be, and how it is read; the description of the API is made of these.
struct Field<Value: Sendable>: Sendable {
    let name: String
    let schema: JSON
    /// What it may be, for an error: "a text", "a whole number from 0 to 9".
    let words: String
    let read: @Sendable (JSON) -> Value?

    /// For lists of members of different types.
    var listed: ListedField { ListedField(name: name, schema: schema) }
}

/// A member of a body, as the description of the API has it.
struct ListedField: Sendable {
    let name: String
    let schema: JSON
    var isRequired = false

    /// The same, which must be there.
    var required: ListedField {
        var field = self
        field.isRequired = true
        return field
    }
}

extension Field where Value == String {
    /// A text of so many characters at most.
    static func text(_ name: String, atMost most: Int = 1_000) -> Field {
        Field(
            name: name,
            schema: ["type": "string", "maxLength": JSON(most)],
            words: "a text of at most \(most) characters"
        ) {
            value in
            guard let text = value.stringValue, text.unicodeScalars.count <= most, !text.contains("\0") else {
                return nil
            }
            return text
        }
    }
}

extension Field where Value == Int {
    /// A whole number.
    static func integer(_ name: String, _ range: ClosedRange<Int> = 0...1_000_000_000_000) -> Field {
        Field(
            name: name,
            schema: [
                "type": "integer", "minimum": JSON(range.lowerBound), "maximum": JSON(range.upperBound),
            ],
            words: "a whole number from \(range.lowerBound) to \(range.upperBound)"
        ) { value in
            guard let number = value.intValue, range.contains(number) else { return nil }
            return number
        }
    }
}

extension Field where Value == Double {
    /// A number.
    static func number(_ name: String, _ range: ClosedRange<Double>) -> Field {
        Field(
            name: name,
            schema: [
                "type": "number", "minimum": JSON(range.lowerBound), "maximum": JSON(range.upperBound),
            ],
            words: "a number from \(Int(range.lowerBound)) to \(Int(range.upperBound))"
        ) { value in
            guard let number = value.doubleValue, range.contains(number) else { return nil }
            return number
        }
    }
}

extension Field where Value == Bool {
    /// True or false.
    static func truth(_ name: String) -> Field {
        Field(name: name, schema: ["type": "boolean"], words: "true or false") { $0.boolValue }
    }
}

extension Field where Value == [Int] {
    /// Numbers of records.
    static func integers(_ name: String) -> Field {
        Field(
            name: name,
            schema: ["type": "array", "items": ["type": "integer"], "maxItems": 1_000],
            words: "a list of at most 1,000 whole numbers"
        ) { value in
            guard let values = value.arrayValue, values.count <= 1_000 else { return nil }
            let numbers = values.compactMap(\.intValue)
            return numbers.count == values.count ? numbers : nil
        }
    }
}
