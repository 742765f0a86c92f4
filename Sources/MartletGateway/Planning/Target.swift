import MartletCore
public import MartletProviders
public import MartletUpstream

/// Where a request goes: a vendor, its address and a key, a model, and how long to wait there.
///
/// A class, for it goes with the request through everything: a copy of all of it at each step would take half of a
/// stream's stack.
public final class Target: Sendable {
    /// The channel's name, as settings and addresses have it.
    public let channel: String
    /// The vendor.
    public let adapter: any ProviderAdapter
    /// Its address and key.
    public let endpoint: Endpoint
    /// The model.
    public let card: ModelCard
    /// Whether the key is the operator's own; else the caller has brought it.
    public let ownsKey: Bool
    /// Names the channel's key; empty where the caller has brought it.
    public let keyID: String
    /// How long to wait for what.
    public let limits: UpstreamLimits
    /// The most tokens in a minute of all callers together; nil for no limit.
    public let tokensPerMinute: Int?
    /// A proxy's address; nil for a direct connection.
    public let proxy: String?
    /// Whether the model looks things up on the web, as its name asks for.
    public let searchesWeb: Bool

    /// Names a target of a channel; `own` is the channel's key that is used, if it is one of its own.
    init(
        at channel: Channel,
        adapter: any ProviderAdapter,
        endpoint: Endpoint,
        card: ModelCard,
        own: ChannelKey?,
        limits: UpstreamLimits = UpstreamLimits(),
        tokensPerMinute: Int? = nil,
        searchesWeb: Bool = false
    ) {
        self.channel = channel.name
        self.adapter = adapter
        self.endpoint = endpoint
        self.card = card
        ownsKey = own != nil
        keyID = own?.id ?? ""
        self.limits = limits
        self.tokensPerMinute = tokensPerMinute
        proxy = channel.proxy
        self.searchesWeb = searchesWeb
    }

    /// A request as this target gets it: with the vendor's name for the model.
    func request(_ chat: ChatRequest) -> ChatRequest {
        var request = chat
        request.model = card.id
        if searchesWeb, request.webSearch == nil { request.webSearch = WebSearch() }
        return request
    }
}
