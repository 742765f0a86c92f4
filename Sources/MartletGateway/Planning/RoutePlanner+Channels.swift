import HTTPTypes
import MartletCore
import MartletProviders
public import MartletStore
import MartletWeb

extension RoutePlanner {
    /// Hosts that clients of older proxies name in `X-Host-Final`, and the provider that is meant.
    private static let hosts: [(host: String, provider: String)] = [
        ("api.groq.com", "groq"), ("api.sambanova.ai", "sambanova"), ("api.anthropic.com", "anthropic"),
        ("api.openai.com", "openai"), ("generativelanguage.googleapis.com", "gemini"),
        ("api.mistral.ai", "mistral"), ("openrouter.ai", "openrouter"), ("api.morphllm.com", "morph"),
    ]
    private static let hostField = HTTPField.Name("x-host-final")

    /// The only channel that a request may go to; nil for all.
    ///
    /// `X-Host-Final` comes before the address.
    ///
    /// - Throws: `GatewayError` of kind `notFound` for an address with a name that no channel has.
    func pinned(by request: Request) throws(GatewayError) -> String? {
        if let name = Self.hostField, let wanted = request.fields[name]?.lowercased() {
            let found = Self.hosts.first { wanted.contains($0.host) && channel(named: $0.provider) != nil }
            if let found { return found.provider }
        }
        guard let name = request.pathValues["provider"] else { return nil }
        guard let channel = channel(named: name) else {
            throw GatewayError(
                .notFound,
                "There is no provider '\(name.prefix(100))' here. GET /v1/providers lists those that there are.",
                code: "provider_not_found"
            )
        }
        return channel.name
    }

    /// Forgets that a channel's key, or any of its keys for nil, has failed: somebody has mended the cause.
    ///
    /// - Throws: `StoreError` by cause.
    public func wake(_ channel: String, key: String?) throws(StoreError) {
        try states.forget(channel: channel, key: key)
    }

    /// Whether a channel of its own keys has a model.
    func isListed(_ name: ModelName, by request: Request) -> Bool {
        guard let pinned = try? pinned(by: request) else {
            return directory.offers(of: name).contains { !$0.channel.kind.hasCatalogue }
        }
        return directory.offers(of: name, at: pinned).contains { !$0.channel.kind.hasCatalogue }
    }

    /// A channel by its name in an address.
    func channel(named name: String) -> Channel? {
        directory.channel(name) ?? (name == "sambanova-ai" ? directory.channel("sambanova") : nil)
    }

    /// The models of one channel.
    func cards(of channel: Channel) -> [ModelCard] {
        if channel.kind.hasCatalogue, channel.models.isEmpty { return models }
        return channel.models.map { listed(ChannelOffer(channel: channel, model: $0)) }
    }

    /// All models that are listed by channels, under the names that clients use.
    var channelCards: [ModelCard] {
        directory.models.compactMap { _, offers in offers.first.map(listed) }
    }

    /// The names of all models that clients may ask for, each once: those of channels first.
    public var modelNames: [String] {
        var seen: Set<String> = []
        return (channelCards + models).map(\.id.text).filter { seen.insert($0).inserted }
    }

    private func listed(_ offer: ChannelOffer) -> ModelCard {
        var card = vendors.card(of: offer)
        card.id = offer.model.name
        return card
    }
}
