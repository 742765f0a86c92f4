public import MartletCore
import Threading

/// What models cost here: what was set while the service runs, else what the settings say, else what their makers have
/// published.
///
/// Safe from any thread.
public final class PriceTable: Sendable {
    /// A price from the settings.
    public struct Rule: Sendable, Equatable {
        /// The channel; empty for all.
        public var channel: String
        /// The model's name, with `*` for any text.
        public var model: NamePattern
        /// The price.
        public var price: ModelPrice

        /// Makes a rule; see the properties.
        public init(channel: String, model: NamePattern, price: ModelPrice) {
            self.channel = channel
            self.model = model
            self.price = price
        }
    }

    /// What happens to calls of models whose price nobody knows.
    public enum Unknown: Sendable, Equatable {
        /// Callers with limited money are refused; for others the call counts as free, and is marked.
        case refuse
        /// The call counts as free, and is marked.
        case free
        /// The call costs this.
        case standard(ModelPrice)
    }

    /// A model at a channel.
    public struct Place: Sendable {
        /// The model, as clients name it.
        public var model: ModelName
        /// The same, as the vendor names it.
        public var upstream: ModelName
        /// The channel's name.
        public var channel: String

        /// Names a place; see the properties.
        public init(model: ModelName, upstream: ModelName, channel: String) {
            self.model = model
            self.upstream = upstream
            self.channel = channel
        }
    }

    /// What models' makers say: the price of a model, as the vendor names it, at a channel.
    public typealias Catalogue = (_ model: ModelName, _ channel: String) -> ModelPrice?

    private static let mostKnown = 4_096
    private let managed: ManagedPrices
    private let rules: [Rule]
    private let unknown: Unknown
    private let published: @Sendable () -> Catalogue
    private let known = Guarded<[String: ModelPrice?]>([:])

    /// Puts the table together.
    ///
    /// - Parameters:
    ///   - managed: what comes before the rules.
    ///   - rules: the first that fits is the price.
    ///   - unknown: what happens where there is no price.
    ///   - published: opens what the models' makers say; it is asked once for each model of each channel.
    public init(
        managed: ManagedPrices = ManagedPrices(),
        rules: [Rule],
        unknown: Unknown,
        published: @escaping @Sendable () -> Catalogue
    ) {
        self.managed = managed
        self.rules = rules
        self.unknown = unknown
        self.published = published
    }

    /// What a model costs at a channel; nil for what nobody knows.
    public func price(at place: Place) -> ModelPrice? { prices(at: [place])[0] }

    /// What models cost, in the order of the places; the catalogue is opened once for all.
    public func prices(at places: [Place]) -> [ModelPrice?] {
        var catalogue: Catalogue?
        return places.map { place in
            func fits(_ rule: Rule) -> Bool {
                (rule.channel.isEmpty || rule.channel == place.channel)
                    && (rule.model.matches(place.model.text) || rule.model.matches(place.upstream.text))
            }
            if let rule = managed.rules.first(where: fits) ?? rules.first(where: fits) { return rule.price }
            let name = "\(place.channel) \(place.upstream.text)"
            if let found = known.withLock({ $0[name] }) { return found ?? standard }
            let opened = catalogue ?? published()
            catalogue = opened
            let found = opened(place.upstream, place.channel)
            known.withLock { known in
                // Clients may invent names at channels that take any model.
                if known.count >= Self.mostKnown { known = [:] }
                known[name] = .some(found)
            }
            return found ?? standard
        }
    }

    /// Whether calls of models without a price are refused to callers with limited money.
    public var refusesUnknown: Bool { unknown == .refuse }

    private var standard: ModelPrice? {
        if case .standard(let price) = unknown { price } else { nil }
    }
}
