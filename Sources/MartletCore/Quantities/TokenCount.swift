/// A number of tokens, as a model counts text.
///
/// Unit: tokens. May be negative as the difference of two counts.
public struct TokenCount: Sendable, Hashable, Comparable, ExpressibleByIntegerLiteral {
    /// The number of tokens.
    public var value: Int

    /// Makes a count of `value` tokens.
    public init(_ value: Int) {
        self.value = value
    }

    /// Makes a count from a literal.
    public init(integerLiteral value: Int) {
        self.value = value
    }

    /// Tells whether the left count is the lower.
    public static func < (left: TokenCount, right: TokenCount) -> Bool {
        left.value < right.value
    }

    /// Adds two counts.
    public static func + (left: TokenCount, right: TokenCount) -> TokenCount {
        TokenCount(left.value + right.value)
    }

    /// Subtracts the right count from the left.
    public static func - (left: TokenCount, right: TokenCount) -> TokenCount {
        TokenCount(left.value - right.value)
    }

    /// Adds the right count to the left in place.
    public static func += (left: inout TokenCount, right: TokenCount) {
        left.value += right.value
    }
}
