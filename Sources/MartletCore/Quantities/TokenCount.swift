/// A number of tokens.
public struct TokenCount: Sendable, Hashable, Comparable, ExpressibleByIntegerLiteral {
    /// The number; never negative in what vendors report.
    public var value: Int

    /// Wraps a number.
    public init(_ value: Int) {
        self.value = value
    }

    /// Wraps a literal number.
    public init(integerLiteral value: Int) {
        self.init(value)
    }

    /// The sum.
    public static func + (left: Self, right: Self) -> Self { Self(left.value + right.value) }
    /// The difference.
    public static func - (left: Self, right: Self) -> Self { Self(left.value - right.value) }
    /// Whether there are fewer.
    public static func < (left: Self, right: Self) -> Bool { left.value < right.value }
}
