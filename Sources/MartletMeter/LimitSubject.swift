/// Who, or what, a limit is for.
public struct LimitSubject: Sendable, Hashable {
    /// What kind of subject it is.
    public enum Kind: String, Sendable {
        /// A caller's key.
        case key
        /// A client's address.
        case address
        /// A client's address, counting only what it failed to log in with.
        case failedAuthentication = "failed"
        /// A model at a channel, whoever asks.
        case channel
    }

    /// What kind of subject it is.
    public let kind: Kind
    /// Tells subjects of a kind apart, for example a hashed key and the endpoint; stored as it is.
    public let value: String

    /// Makes a subject; the caller has hashed what is secret.
    public init(_ kind: Kind, _ value: String) {
        self.kind = kind
        self.value = value
    }

    /// Its name in the store.
    var name: String { kind.rawValue + ":" + value }
}
