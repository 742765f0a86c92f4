public import MartletCore
public import MartletProviders
public import MartletUpstream

/// Decides where a request goes: which channels, in which order, with which keys.
///
/// Safe from any thread.
public struct RoutePlanner: Sendable {
    let catalogue: CatalogueKeeper
    /// The channels, as they come and go.
    public let source: ChannelSource
    let vendors: Vendors
    let states: KeyStates
    private let limits: UpstreamLimits
    /// The channels as they are now.
    var directory: ChannelDirectory { source.directory }

    /// Puts the parts together.
    ///
    /// - Parameters:
    ///   - catalogue: the models of vendors that tell what they offer.
    ///   - source: the channels.
    ///   - vendors: who speaks to which kind of channel.
    ///   - states: which keys and models have failed lately.
    ///   - limits: how long to wait, where a channel says nothing else.
    public init(
        catalogue: CatalogueKeeper,
        source: ChannelSource,
        vendors: Vendors,
        states: KeyStates,
        limits: UpstreamLimits
    ) {
        self.catalogue = catalogue
        self.source = source
        self.vendors = vendors
        self.states = states
        self.limits = limits
    }

    /// Where a caller's own key leads; nil where there is no such channel.
    func callersEndpoint(_ key: Secret) -> Endpoint? {
        directory.channels.first(where: \.usesCallersKey).map {
            Endpoint(origin: $0.address, key: key, traits: $0.traits)
        }
    }

    /// The models of the catalogue that may be used, in its order.
    var models: [ModelCard] { catalogue.catalogue.models }

    /// Finds the targets of a chat.
    ///
    /// - Parameters:
    ///   - name: the model as the client gives it.
    ///   - pinned: the only channel to ask; nil for all.
    ///   - caller: who asks.
    ///   - key: the caller's key, for channels that it is for.
    ///   - use: what the model must be for; nil for anything.
    ///   - now: the time in seconds since 1970.
    ///   - hint: the choice that served the conversation before; only asked where there is a choice.
    /// - Returns: a route with at least one target.
    /// - Throws: `GatewayError` of kind `modelNotFound`, `invalidKey` for a key that opens none of the channels, or
    ///   `invalidRequest` for a model that does not chat.
    func route(
        to name: ModelName,
        at pinned: String?,
        for caller: Caller,
        key: Secret,
        use: Set<ModelCard.Use>? = [.chat, .code],
        now: Int,
        preferring hint: () -> AffinityHint? = { nil }
    ) throws(GatewayError) -> TargetRoute {
        guard caller.allows(name) || directory.prefixed(name).map({ caller.allows($0.model) }) ?? false else {
            throw Self.notAllowed(name)
        }
        var candidates: [[Candidate]] = []
        var refusal: GatewayError?
        for name in [name] + directory.fallbacks(of: name) {
            do throws(GatewayError) {
                candidates.append(try self.candidates(for: name, at: pinned, caller: caller, use: use))
            } catch {
                refusal = refusal ?? error
            }
        }
        if candidates.isEmpty, let refusal { throw refusal }
        let all = candidates.flatMap { $0 }
        let hasChoice = all.count > 1 || all.contains { $0.offer.channel.keys.count > 1 }
        let preferred = hasChoice ? hint() : nil
        let queues = candidates.map { candidates in
            TargetQueue(candidates.map(\.offer), states: states, preferring: preferred, now: now)
        }
        let route = TargetRoute(queues, states: states, hasChoice: hasChoice) { choice in
            target(of: choice, among: all, key: key)
        }
        guard route.first != nil else {
            throw GatewayError(
                .unavailable,
                "No key of a channel for the model '\(Self.shown(name))' may be used at the moment.",
                code: "no_channel_available",
                retryAfter: .seconds(30)
            )
        }
        return route
    }

    /// A model at a channel, and what is known of it.
    private struct Candidate {
        let offer: ChannelOffer
        let card: ModelCard
        var searchesWeb = false
    }

    private func candidates(
        for name: ModelName,
        at pinned: String?,
        caller: Caller,
        use: Set<ModelCard.Use>?
    ) throws(GatewayError) -> [Candidate] {
        var found: [Candidate] = []
        let directory = directory
        let offers = directory.offers(of: name, at: pinned).filter { $0.channel.serves(caller.group) }
        if caller.opensChannels {
            found = offers.filter { !$0.channel.usesCallersKey }.map { offer in
                Candidate(offer: offer, card: vendors.card(of: offer))
            }
        }
        for channel in directory.channels where channel.kind.hasCatalogue && channel.serves(caller.group) {
            guard channel.usesCallersKey ? !caller.isVerified : caller.opensChannels,
                pinned == nil || pinned == channel.name
            else {
                continue
            }
            let inner = directory.prefixed(name).flatMap { $0.channel.name == channel.name ? $0.model : nil }
            switch catalogue.catalogue.resolve(inner ?? name) {
            case .found(let card, let searchesWeb):
                let model = ChannelModel(name: name, upstreamName: card.id)
                found.removeAll { $0.offer.channel.name == channel.name }
                found.append(
                    Candidate(
                        offer: ChannelOffer(channel: channel, model: model),
                        card: card,
                        searchesWeb: searchesWeb
                    )
                )
            case .retired, .notPermitted, .unknown:
                continue
            }
        }
        guard !found.isEmpty else {
            let isClosed = pinned.flatMap(directory.channel).map { !$0.usesCallersKey } ?? !offers.isEmpty
            if isClosed, !caller.opensChannels { throw Self.unknownKey }
            throw missing(name)
        }
        guard let use else { return found }
        let fit = found.filter { !$0.card.uses.isDisjoint(with: use) }
        guard !fit.isEmpty else { throw Self.wrongRoute(for: found[0].card) }
        return fit
    }

    private func target(of choice: TargetChoice, among candidates: [Candidate], key: Secret) -> Target {
        let (channel, model) = (choice.offer.channel, choice.offer.model)
        let candidate = candidates.first { $0.offer === choice.offer }
        let card = candidate?.card ?? vendors.card(of: choice.offer)
        var traits = channel.traits
        traits.channel = channel.name
        if let prefix = model.gatewayPrefix { traits.gateway?.modelPrefix = prefix }
        return Target(
            at: channel,
            adapter: vendors.adapter(for: channel.kind, card: card),
            endpoint: Endpoint(
                origin: channel.address,
                key: choice.key?.secret ?? key,
                traits: traits,
                card: card
            ),
            card: card,
            own: choice.key,
            limits: limits(of: channel, model),
            tokensPerMinute: model.tokensPerMinute,
            searchesWeb: candidate?.searchesWeb ?? false
        )
    }

    private func limits(of channel: Channel, _ model: ChannelModel) -> UpstreamLimits {
        UpstreamLimits(
            connect: channel.limits.connect ?? limits.connect,
            firstByte: model.firstByte ?? channel.limits.firstByte ?? limits.firstByte,
            idle: model.idle ?? channel.limits.idle ?? limits.idle,
            total: channel.limits.total ?? limits.total
        )
    }
}

/// Who speaks to which kind of channel.
public struct Vendors: Sendable {
    private let adapters: [Channel.Kind: any ProviderAdapter]
    private let codeAdapter: any ProviderAdapter

    /// - Parameters:
    ///   - adapters: one for each kind.
    ///   - codeAdapter: for models that write code and do not chat.
    public init(_ adapters: [Channel.Kind: any ProviderAdapter], codeAdapter: any ProviderAdapter) {
        self.adapters = adapters
        self.codeAdapter = codeAdapter
    }

    func adapter(for kind: Channel.Kind, card: ModelCard) -> any ProviderAdapter {
        guard card.uses.contains(.chat) || !card.uses.contains(.code) else { return codeAdapter }
        return adapters[kind] ?? codeAdapter
    }

    /// What the settings say of a model.
    func card(of offer: ChannelOffer) -> ModelCard {
        ModelCard(
            id: offer.model.upstreamName,
            maker: offer.channel.name,
            uses: offer.model.use.flatMap(ModelCard.Use.init).map { [$0] } ?? [.chat],
            readsImages: offer.model.readsImages ?? true,
            contextLimit: offer.model.contextLimit,
            outputLimit: offer.model.outputLimit
        )
    }
}
