/// A number as it was spelled.
///
/// Two numbers are equal when they are spelled alike: `1`, `1.0` and `1e0` are three different ones.
/// Up to 15 characters take no memory of their own.
public struct JSONNumber: Sendable, Equatable {
    /// The number in the grammar of RFC 8259, section 6.
    public let text: String

    /// Takes `text` as it is; it must follow the grammar.
    init(checked text: String) {
        self.text = text
    }

    /// A whole number.
    public init(_ value: Int) {
        text = String(value)
    }

    /// A whole number.
    public init(_ value: Int64) {
        text = String(value)
    }

    /// An amount in dollars, exactly.
    public init(_ amount: Credits) {
        text = amount.dollars
    }

    /// The shortest spelling that reads back as `value`, which must be finite.
    public init(_ value: Double) {
        precondition(value.isFinite, "JSON has no spelling for numbers that are not finite")
        text = value.description
    }

    /// The value when it is whole and fits, whatever its spelling: `3`, `3.0`, `0.3e1`; nil otherwise.
    public var int: Int? { Int(text) ?? shifted }

    /// The nearest value, nil when the number is beyond what a `Double` can hold.
    public var double: Double? {
        guard let value = Double(text), value.isFinite else { return nil }
        return value
    }

    /// The exact value of a spelling with a fraction or an exponent, by moving its decimal point.
    private var shifted: Int? {
        let parts = text.utf8.split(maxSplits: 1) { $0 | 0x20 == UInt8(ascii: "e") }
        guard let mantissa = parts.first else { return nil }
        let halves = mantissa.split(separator: UInt8(ascii: "."), maxSplits: 1)
        let fraction = halves.count == 2 ? Array(halves[1]) : []
        var digits = Array(halves[0]) + fraction
        guard digits.contains(where: { $0 > UInt8(ascii: "0") }) else { return 0 }
        guard let exponent = parts.count == 2 ? Int(String(Substring(parts[1]))) : 0 else { return nil }
        let (shift, isTooFar) = exponent.subtractingReportingOverflow(fraction.count)
        // 19 digits are the most that an `Int` has.
        guard !isTooFar, shift <= 19, shift >= -digits.count else { return nil }
        if shift < 0 {
            guard digits.suffix(-shift).allSatisfy({ $0 == UInt8(ascii: "0") }) else { return nil }
            digits.removeLast(-shift)
        } else {
            digits.append(contentsOf: repeatElement(UInt8(ascii: "0"), count: shift))
        }
        return Int(String(decoding: digits, as: UTF8.self))
    }
}
