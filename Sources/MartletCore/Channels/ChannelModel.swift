/// A model as a channel offers it.
public struct ChannelModel: Sendable, Equatable {
    /// What clients call it.
    public var name: ModelName
    /// What the vendor calls it.
    public var upstreamName: ModelName
    /// What it is for, in the words of `ModelCard.Use`; nil where the settings do not say.
    public var use: String?
    /// Whether it reads pictures; nil when unknown.
    public var readsImages: Bool?
    /// The most tokens of a conversation; nil when unknown.
    public var contextLimit: Int?
    /// The most tokens of an answer; nil when unknown.
    public var outputLimit: Int?
    /// The most tokens that all callers together may use in a minute; nil for no limit.
    public var tokensPerMinute: Int?
    /// Instead of the channel's model prefix at a forwarding gateway; nil for the channel's.
    public var gatewayPrefix: String?
    /// The longest wait for the first token; nil as for the channel.
    public var firstByte: Duration?
    /// The longest silence in a stream; nil as for the channel.
    public var idle: Duration?

    /// Names a model.
    public init(name: ModelName, upstreamName: ModelName? = nil) {
        self.name = name
        self.upstreamName = upstreamName ?? name
    }
}
