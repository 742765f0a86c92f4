/// A text that must not be printed: a key, a password, a token.
///
/// Interpolating it, dumping it or describing it gives `••••`. Reading `revealed` is the one way to the text, and
/// easy to search for.
public struct Secret: Sendable, Hashable, CustomStringConvertible, CustomDebugStringConvertible,
    CustomReflectable
{
    /// The text itself: only for the header or the hash that needs it.
    public let revealed: String

    /// Hides a text.
    public init(_ text: String) {
        revealed = text
    }

    /// Always `••••`.
    public var description: String { "••••" }
    /// Always `••••`.
    public var debugDescription: String { "••••" }
    /// Shows nothing.
    public var customMirror: Mirror { Mirror(self, children: []) }
}
