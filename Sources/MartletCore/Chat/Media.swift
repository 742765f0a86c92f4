/// A picture, a sound or a document inside a message, in nobody's dialect.
public struct Media: Sendable, Equatable {
    /// What it is.
    public enum Kind: String, Sendable, Equatable {
        case image
        case audio
        case file
    }

    /// Where its bytes are.
    public enum Source: Sendable, Equatable {
        /// In the request, in base64; decoded when they are needed.
        case base64(Base64Text)
        /// In the request, as they are: a document that is a text.
        case bytes(MediaBytes)
        /// At an address that the client names, `http:` or `https:`.
        case url(String)
        /// In a file that the client has uploaded, under this id.
        case file(String)
    }

    /// How closely a model looks at a picture.
    public enum Detail: String, Sendable, Equatable, CaseIterable {
        case auto
        case low
        case high
    }

    /// What it is.
    public var kind: Kind
    /// Where its bytes are.
    public var source: Source
    /// How closely the model shall look at a picture; nil where the client does not say.
    public var detail: Detail?
    /// What the client says it is, for example `image/png` or `wav`: a hint, never believed.
    public var claimedType: String?
    /// The name that the client gives a document.
    public var fileName: String?
    /// Where it stands in the client's body, for error messages, for example `messages[0].content[1]`.
    public var path: String
    /// What it turned out to be, once somebody has looked.
    public var content: MediaContent?
    /// What the vendor calls it, once it is there.
    public var asset: Asset?

    /// Makes a media part; the other fields have defaults.
    public init(kind: Kind, source: Source, path: String) {
        self.kind = kind
        self.source = source
        self.path = path
    }
}
