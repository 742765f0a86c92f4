/// The name of a model as a client or a vendor spells it, for example `gpt-4o-mini` or `meta/llama-4-scout-instruct`.
///
/// Names are opaque: they may contain `/`, `:` and `.`.
public struct ModelName: Sendable, Hashable, CustomStringConvertible, ExpressibleByStringLiteral {
    /// The name itself.
    public let text: String

    /// Wraps a name.
    public init(_ text: String) {
        self.text = text
    }

    /// Wraps a literal name.
    public init(stringLiteral value: String) {
        self.init(value)
    }

    /// The name itself.
    public var description: String { text }
}
