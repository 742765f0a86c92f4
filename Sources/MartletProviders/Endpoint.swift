public import MartletCore

/// Where a vendor's API is, and with whose key it is called.
public struct Endpoint: Sendable, Equatable {
    /// Scheme, host and port, without a path or a final slash, for example `https://api.1min.ai`.
    public var origin: String
    /// The vendor's key.
    public var key: Secret

    /// Makes an endpoint.
    public init(origin: String, key: Secret) {
        self.origin = origin
        self.key = key
    }
}
