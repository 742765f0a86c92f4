/// One message of a conversation.
public struct Message: Sendable, Equatable {
    /// Who speaks.
    public var role: ChatRole
    /// What is said, in order.
    public var parts: [Part]
    /// The speaker's name, where a client gives one to tell several speakers of a role apart.
    public var name: String?

    /// Makes a message.
    public init(role: ChatRole, parts: [Part], name: String? = nil) {
        self.role = role
        self.parts = parts
        self.name = name
    }

    /// Its text parts, joined with line feeds.
    public var text: String {
        parts.compactMap(\.saidText).joined(separator: "\n")
    }
}
