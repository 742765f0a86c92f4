/// What a JSON document may cost.
public struct JSONLimits: Sendable, Equatable {
    /// 128 levels, any length: for bytes that something else has bounded already.
    public static let `default` = JSONLimits()

    /// How deep arrays and objects may nest; each level takes stack.
    public var maximumDepth: Int

    /// How many bytes the document may have, nil for any number.
    public var maximumBytes: Int?

    /// - Parameters:
    ///   - maximumDepth: how deep arrays and objects may nest.
    ///   - maximumBytes: how many bytes the document may have, nil for any number.
    public init(maximumDepth: Int = 128, maximumBytes: Int? = nil) {
        self.maximumDepth = maximumDepth
        self.maximumBytes = maximumBytes
    }
}
