/// What a JSON document may cost.
public struct JSONLimits: Sendable, Equatable {
    /// 128 levels, a million values, any length: for bytes that something else has bounded already.
    public static let `default` = JSONLimits()

    /// How deep arrays and objects may nest; each level takes stack.
    public var maximumDepth: Int

    /// How many bytes the document may have, nil for any number.
    public var maximumBytes: Int?

    /// How many values the document may hold in all; each takes many times its bytes in memory.
    public var maximumValues: Int

    /// Strings of at least so many bytes become `JSON.longString` and stay where they are in the document; by default
    /// none do.
    public var keptLength = Int.max

    /// - Parameters:
    ///   - maximumDepth: how deep arrays and objects may nest.
    ///   - maximumBytes: how many bytes the document may have, nil for any number.
    ///   - maximumValues: how many values the document may hold in all.
    public init(maximumDepth: Int = 128, maximumBytes: Int? = nil, maximumValues: Int = 1_000_000) {
        self.maximumDepth = maximumDepth
        self.maximumValues = maximumValues
        self.maximumBytes = maximumBytes
    }
}
