/// An amount of money, exact: 1 unit is a billionth of a US dollar.
///
/// Sums stop at the ends of their range (nine billion dollars) instead of overflowing.
public struct Credits: Sendable, Hashable, Comparable {
    /// How many units the API's unit of quota has: 500,000 of them are a dollar, as in one-api and its heirs.
    private static let unitsPerQuota: Int64 = 2_000
    private static let unitsPerDollar: Int64 = 1_000_000_000
    /// Nothing.
    public static let zero = Credits(nano: 0)

    /// Billionths of a US dollar; may be negative.
    public var nano: Int64

    /// Makes an amount of billionths of a dollar.
    public init(nano: Int64) {
        self.nano = nano
    }

    /// Makes an amount of quota units: 500,000 are a dollar.
    public init(quota: Int64) {
        let (product, overflows) = quota.multipliedReportingOverflow(by: Self.unitsPerQuota)
        nano = overflows ? (quota < 0 ? .min : .max) : product
    }

    /// The amount in quota units, rounded down: what is left must not look like more than it is.
    public var quota: Int64 {
        let (quotient, rest) = nano.quotientAndRemainder(dividingBy: Self.unitsPerQuota)
        return rest < 0 ? quotient - 1 : quotient
    }

    /// Reads dollars as people write them: `12`, `0.5`, `-1.25`; at most nine digits behind the point.
    ///
    /// Nil for anything else, and for more than nine billion.
    public init?(dollars text: String) {
        let isNegative = text.hasPrefix("-")
        let parts = text.dropFirst(isNegative ? 1 : 0).split(separator: ".", omittingEmptySubsequences: false)
        guard (1...2).contains(parts.count), !parts[0].isEmpty, parts[0].count <= 10,
            parts.allSatisfy({ $0.utf8.allSatisfy { (48...57).contains($0) } }),
            let whole = Int64(parts[0])
        else { return nil }
        var fraction: Int64 = 0
        if parts.count == 2 {
            guard (1...9).contains(parts[1].count) else { return nil }
            let padded = String(parts[1]) + String(repeating: "0", count: 9 - parts[1].count)
            guard let read = Int64(padded) else { return nil }
            fraction = read
        }
        let (units, overflows) = whole.multipliedReportingOverflow(by: Self.unitsPerDollar)
        guard !overflows, units <= .max - fraction else { return nil }
        nano = isNegative ? -(units + fraction) : units + fraction
    }

    /// The amount in dollars, as exactly as it is: `12.5`, `0.000000001`.
    public var dollars: String {
        let (whole, rest) = nano.magnitude.quotientAndRemainder(dividingBy: UInt64(Self.unitsPerDollar))
        let sign = nano < 0 ? "-" : ""
        guard rest > 0 else { return "\(sign)\(whole)" }
        let digits = String(rest)
        var fraction = String(repeating: "0", count: 9 - digits.count) + digits
        while fraction.hasSuffix("0") { fraction.removeLast() }
        return "\(sign)\(whole).\(fraction)"
    }

    /// Tells whether the left amount is the lower.
    public static func < (left: Credits, right: Credits) -> Bool { left.nano < right.nano }

    /// Adds two amounts.
    public static func + (left: Credits, right: Credits) -> Credits {
        let (sum, overflows) = left.nano.addingReportingOverflow(right.nano)
        return Credits(nano: overflows ? (right.nano < 0 ? .min : .max) : sum)
    }

    /// Subtracts the right amount from the left.
    public static func - (left: Credits, right: Credits) -> Credits {
        let (rest, overflows) = left.nano.subtractingReportingOverflow(right.nano)
        return Credits(nano: overflows ? (right.nano < 0 ? .max : .min) : rest)
    }

    /// Adds the right amount to the left in place.
    public static func += (left: inout Credits, right: Credits) { left = left + right }
}
