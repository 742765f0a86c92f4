public import MartletCore

/// Where a vendor's API is, and with whose key it is called.
public struct Endpoint: Sendable, Equatable {
    /// Scheme, host, port and where it has one the path, without a final slash, for example `https://api.1min.ai` or
    /// `https://api.openai.com/v1`.
    public var origin: String
    /// The vendor's key.
    public var key: Secret
    /// What is special about the channel.
    public var traits = ChannelTraits()
    /// What is known of the model; nil where nothing is.
    public var card: ModelCard?

    /// Makes an endpoint.
    public init(origin: String, key: Secret, traits: ChannelTraits = ChannelTraits(), card: ModelCard? = nil)
    {
        self.origin = origin
        self.key = key
        self.traits = traits
        self.card = card
    }
}
