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
        self.init(maker: dialect, text: spelled)
        guard spelled.hasPrefix(Self.encodedMark) else { return }
        var reader = Base64Reader(Base64Text(SourceText(spelled)))
        var bytes: [UInt8] = []
        guard (try? reader.read(spelled.utf8.count, into: &bytes)) != nil,
            let inner = String(validating: bytes, as: UTF8.self)
        else { return }
        let rest = inner.dropFirst(Self.mark.count)
        guard inner.hasPrefix(Self.mark), let end = rest.firstIndex(of: ":") else { return }
        self.init(maker: Dialect(String(rest[..<end])), text: String(rest[rest.index(after: end)...]))
    }

    /// How a client of a dialect gets it: as it is in its maker's own, else with the maker's name before it, and all of
    /// it in base64, for some clients take nothing else.
    public func spelled(in dialect: Dialect) -> String {
        guard dialect != maker else { return text }
        let quoted = Base64Encoding.quoted(Array("\(Self.mark)\(maker.name):\(text)".utf8))
        return String(decoding: quoted.dropFirst().dropLast(), as: UTF8.self)
    }

    private static let mark = "sealed-by:"
    /// What the first nine letters of the mark become.
    private static let encodedMark = "c2VhbGVkLWJ5"
}
