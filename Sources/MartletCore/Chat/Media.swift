/// A picture, a sound or a document inside a message.
public struct Media: Sendable, Equatable {
    /// What it is.
    public enum Kind: String, Sendable, Equatable {
        case image
        case audio
        case file
    }

    /// What it is.
    public var kind: Kind
    /// Where it stands in the client's body, for error messages, for example `messages[0].content[1]`.
    public var path: String
    /// The client's own part, untouched.
    public var original: JSONObject

    /// Makes a media part.
    public init(kind: Kind, path: String, original: JSONObject) {
        self.kind = kind
        self.path = path
        self.original = original
    }
}
