/// What a model thought before it answered, as far as its vendor shows it.
public struct ReasoningTrace: Sendable, Equatable {
    /// The thoughts, or a summary of them; empty where the vendor shows none.
    public var text: String
    /// The vendor's seal on the thoughts; without it they are not taken back.
    public var signature: ReasoningSignature?
    /// Thoughts that only the vendor can read, instead of a text.
    public var redacted: String?

    /// Makes a trace.
    public init(text: String = "", signature: ReasoningSignature? = nil, redacted: String? = nil) {
        self.text = text
        self.signature = signature
        self.redacted = redacted
    }
}

/// A vendor's opaque seal on what its model thought.
///
/// A client gives it back with the conversation, and only its maker takes it: it must not reach another vendor when
/// the conversation goes on there.
public struct ReasoningSignature: Sendable, Equatable {
    /// Whose it is.
    public var maker: Dialect
    /// The seal itself.
    public var text: String

    /// Makes a signature.
    public init(maker: Dialect, text: String) {
        self.maker = maker
        self.text = text
    }

    /// Reads what `spelled` wrote; a text without a maker's name is that of the dialect it came in.
    public init(spelled: String, in dialect: Dialect) {
        guard spelled.hasPrefix(Self.mark), let end = spelled.dropFirst(Self.mark.count).firstIndex(of: ":")
        else {
            self.init(maker: dialect, text: spelled)
            return
        }
        let name = spelled.dropFirst(Self.mark.count)[..<end]
        self.init(maker: Dialect(String(name)), text: String(spelled[spelled.index(after: end)...]))
    }

    /// How a client of a dialect gets it: as it is in its maker's own, else with the maker's name before it.
    public func spelled(in dialect: Dialect) -> String {
        dialect == maker ? text : "\(Self.mark)\(maker.name):\(text)"
    }

    /// No vendor's seal begins like this: they are base64.
    private static let mark = "sealed-by:"
}
