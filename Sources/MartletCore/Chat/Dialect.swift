/// A way to speak of chat over HTTP, for example that of Chat Completions.
///
/// Each is named beside the code that reads and writes it. Where a client and a vendor speak the same, nothing is
/// translated.
public struct Dialect: Sendable, Hashable, CustomStringConvertible {
    /// A short name for the log, for example `openai-chat`.
    public let name: String

    /// Names a dialect.
    public init(_ name: String) {
        self.name = name
    }

    /// The name.
    public var description: String { name }
}
