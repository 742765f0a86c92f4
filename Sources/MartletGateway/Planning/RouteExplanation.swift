public import MartletCore
import MartletProviders
import MartletStore

/// One way that a request for a model could go, for people who want to know why it goes where it goes.
public struct RouteExplanation: Sendable, Equatable {
    /// The channel's name.
    public var channel: String
    /// What is spoken there.
    public var kind: Channel.Kind
    /// The vendor's name for the model.
    public var model: ModelName
    /// What people recognise the key by; nil where callers bring it.
    public var keyHint: String?
    /// Higher is tried first.
    public var priority: Int
    /// The share among channels of one priority.
    public var weight: Int
    /// `ready`, `resting`, or why the key is never used.
    public var state: String
    /// Until when it rests, in milliseconds since 1970; nil where it does not.
    public var restsUntil: Int?
    /// Why it rests, in one word.
    public var reason: String?
    /// The most tokens of a conversation; nil when unknown.
    public var contextLimit: Int?
    /// The most tokens of an answer; nil when unknown.
    public var outputLimit: Int?
}

extension RoutePlanner {
    /// All ways for a model, those that would be tried first in front.
    ///
    /// - Parameters:
    ///   - name: as a client gives it.
    ///   - now: the time in seconds since 1970.
    /// - Returns: one for each key of each channel; none for a model that nobody offers.
    public func explain(_ name: ModelName, now: Int) -> [RouteExplanation] {
        var ways: [RouteExplanation] = []
        for name in [name] + directory.fallbacks(of: name) {
            var offers = directory.offers(of: name)
            let prefixed = directory.prefixed(name)
            if case .found(let card, _) = catalogue.catalogue.resolve(prefixed?.model ?? name) {
                for channel in directory.channels
                where channel.kind.hasCatalogue && (prefixed == nil || prefixed?.channel.name == channel.name)
                {
                    let model = ChannelModel(name: name, upstreamName: card.id)
                    offers.append(ChannelOffer(channel: channel, model: model))
                }
            }
            let found = offers.flatMap { explain($0, now: now) }
            ways += found.sorted { one, other in
                let (first, second) = (one.state != "ready", other.state != "ready")
                return first == second ? one.priority > other.priority : second
            }
        }
        return ways
    }

    private func explain(_ offer: ChannelOffer, now: Int) -> [RouteExplanation] {
        let keys: [ChannelKey?] = offer.channel.usesCallersKey ? [nil] : offer.channel.keys
        return keys.map { key in
            let choice = TargetChoice(offer: offer, key: key)
            let card = vendors.card(of: offer)
            var way = RouteExplanation(
                channel: offer.channel.name,
                kind: offer.channel.kind,
                model: offer.model.upstreamName,
                keyHint: key?.hint,
                priority: offer.channel.priority,
                weight: offer.channel.weight,
                state: "ready"
            )
            (way.contextLimit, way.outputLimit) = (card.contextLimit, card.outputLimit)
            if let key, !key.isUsable(at: now) {
                way.state =
                    key.plan == .expired || key.expiresAt ?? .max <= now ? "expired" : "quota_exhausted"
            } else if let rest = states.rest(of: choice), rest.isOn {
                (way.state, way.restsUntil, way.reason) = ("resting", rest.until, rest.reason)
            }
            return way
        }
    }
}
