/// What names an answer before it begins, in a form that every dialect puts its own word before.
public struct AnswerIdentity: Sendable, Equatable {
    /// Random letters and digits; empty where the dialect makes its own names.
    public var token: String
    /// When the answer was begun, in seconds since 1970.
    public var created: Int

    /// No name.
    public init() {
        token = ""
        created = 0
    }

    /// A new name for an answer that begins at `created`.
    public init(created: Int) {
        token = RandomText.alphanumeric(32)
        self.created = created
    }

    /// Takes a name over.
    public init(token: String, created: Int) {
        self.token = token
        self.created = created
    }
}
