import MartletCore
public import MartletProviders
public import MartletUpstream

/// Where a request goes: a vendor, its address and a key, a model, and how long to wait there.
public struct Target: Sendable {
    /// The channel's name, as settings and addresses have it.
    public let channel: String
    /// The vendor.
    public let adapter: any ProviderAdapter
    /// Its address and key.
    public let endpoint: Endpoint
    /// The model.
    public let card: ModelCard
    /// Whether the key is the operator's own; else the caller has brought it.
    public var ownsKey = false
    /// Names the channel's key; empty where the caller has brought it.
    public var keyID = ""
    /// How long to wait for what.
    public var limits = UpstreamLimits()
    /// The most tokens in a minute of all callers together; nil for no limit.
    public var tokensPerMinute: Int?
    /// A proxy's address; nil for a direct connection.
    public var proxy: String?
    /// Whether the model looks things up on the web, as its name asks for.
    public var searchesWeb = false

    /// Names a target; the other properties have defaults.
    init(channel: String, adapter: any ProviderAdapter, endpoint: Endpoint, card: ModelCard) {
        self.channel = channel
        self.adapter = adapter
        self.endpoint = endpoint
        self.card = card
    }

    /// A request as this target gets it: with the vendor's name for the model.
    func request(_ chat: ChatRequest) -> ChatRequest {
        var request = chat
        request.model = card.id
        if searchesWeb, request.webSearch == nil { request.webSearch = WebSearch() }
        return request
    }
}
