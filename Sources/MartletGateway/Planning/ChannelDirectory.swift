public import MartletCore

/// A model at a channel: what a request may be sent to.
///
/// A class, for every request sorts some of them, and a channel is large.
public final class ChannelOffer: Sendable, Equatable {
    /// The channel.
    public let channel: Channel
    /// The model there.
    public let model: ChannelModel

    /// Pairs them.
    public init(channel: Channel, model: ChannelModel) {
        self.channel = channel
        self.model = model
    }

    /// Whether two are the same, or say the same.
    public static func == (one: ChannelOffer, other: ChannelOffer) -> Bool {
        one === other || one.channel == other.channel && one.model == other.model
    }
}

/// Which channel offers which model, and under what names.
///
/// Immutable; made when the settings are read.
public struct ChannelDirectory: Sendable {
    /// The channels, in the settings' order.
    public let channels: [Channel]
    private let byName: [String: Channel]
    private let byModel: [ModelName: [ChannelOffer]]
    private let open: [Channel]
    private let fallbacks: [ModelName: [ModelName]]
    private let rules: ModelRules
    private let permitted: Set<ModelName>

    /// Takes channels whose names differ.
    ///
    /// - Parameters:
    ///   - channels: in the settings' order.
    ///   - fallbacks: for a model, those to try where it cannot be had.
    ///   - rules: which models may be used, and names of the operator's own.
    public init(
        _ channels: [Channel],
        fallbacks: [ModelName: [ModelName]] = [:],
        rules: ModelRules = ModelRules()
    ) {
        self.channels = channels
        self.rules = rules
        permitted = Set(rules.permitted)
        self.fallbacks = fallbacks
        byName = Dictionary(channels.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
        let offers = channels.flatMap { channel in
            channel.models.map { ChannelOffer(channel: channel, model: $0) }
        }
        byModel = Dictionary(grouping: offers, by: \.model.name)
        open = channels.filter(\.takesAnyModel)
    }

    /// A channel by its name.
    public func channel(_ name: String) -> Channel? { byName[name] }

    /// Who offers a model, in the settings' order; empty for nobody.
    ///
    /// A name is taken as it is first, then as `{channel}/{model}`; channels that take any model come in where nobody
    /// lists it.
    ///
    /// - Parameters:
    ///   - name: as the client gives it.
    ///   - pinned: the only channel that may be asked; nil for all.
    /// - Returns: the channels with what the model is there.
    public func offers(of name: ModelName, at pinned: String? = nil) -> [ChannelOffer] {
        let found = anyOffers(of: name, at: pinned)
        guard found.isEmpty, let target = rules.aliases[name] else {
            return permittedOnly(found, asked: name)
        }
        return permittedOnly(anyOffers(of: target, at: pinned), asked: name)
    }

    /// Those that may be used: a model is named as clients name it, or as its channel lists it.
    private func permittedOnly(_ offers: [ChannelOffer], asked name: ModelName) -> [ChannelOffer] {
        guard rules.permittedOnly, !permitted.contains(name) else { return offers }
        return offers.filter { permitted.contains($0.model.name) }
    }

    private func anyOffers(of name: ModelName, at pinned: String?) -> [ChannelOffer] {
        if let pinned { return channel(pinned).map { offers(of: name, at: $0) } ?? [] }
        if let listed = byModel[name] { return listed }
        if let (channel, rest) = prefixed(name) {
            let there = offers(of: rest, at: channel)
            if !there.isEmpty { return there }
        }
        return open.map { ChannelOffer(channel: $0, model: ChannelModel(name: name)) }
    }

    /// The channel that a name of the form `{channel}/{model}` begins with, and the model's own name.
    public func prefixed(_ name: ModelName) -> (channel: Channel, model: ModelName)? {
        guard let slash = name.text.firstIndex(of: "/"), let channel = byName[String(name.text[..<slash])]
        else { return nil }
        let rest = String(name.text[name.text.index(after: slash)...])
        return rest.isEmpty ? nil : (channel, ModelName(rest))
    }

    /// Which models to try where this one cannot be had, in order.
    public func fallbacks(of name: ModelName) -> [ModelName] { fallbacks[name] ?? [] }

    /// All models that are listed, each once, with those who offer them.
    public var models: [(name: ModelName, offers: [ChannelOffer])] {
        var seen: Set<ModelName> = []
        return channels.flatMap(\.models).compactMap { model in
            guard !rules.permittedOnly || permitted.contains(model.name), seen.insert(model.name).inserted,
                let offers = byModel[model.name]
            else { return nil }
            return (model.name, offers)
        }
    }

    private func offers(of name: ModelName, at channel: Channel) -> [ChannelOffer] {
        let listed = channel.models.filter { $0.name == name }
        if !listed.isEmpty { return listed.map { ChannelOffer(channel: channel, model: $0) } }
        // Its own name for a model is a name, too.
        if let own = channel.models.first(where: { $0.upstreamName == name }) {
            return [ChannelOffer(channel: channel, model: own)]
        }
        guard channel.takesAnyModel else { return [] }
        return [ChannelOffer(channel: channel, model: ChannelModel(name: name))]
    }
}
