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

    private static let mostKnown = 4_096
    private let managed: ManagedPrices
    private let rules: [Rule]
    private let unknown: Unknown
    private let published: @Sendable (_ model: ModelName, _ channel: String) -> ModelPrice?
    private let known = Guarded<[String: ModelPrice?]>([:])

    /// Puts the table together.
    ///
    /// - Parameters:
    ///   - managed: what comes before the rules.
    ///   - rules: the first that fits is the price.
    ///   - unknown: what happens where there is no price.
    ///   - published: what the model's maker says; asked once for each model of each channel.
    public init(
        managed: ManagedPrices = ManagedPrices(),
        rules: [Rule],
        unknown: Unknown,
        published: @escaping @Sendable (_ model: ModelName, _ channel: String) -> ModelPrice?
    ) {
        self.managed = managed
        self.rules = rules
        self.unknown = unknown
        self.published = published
    }

    /// What a model costs at a channel; nil for what nobody knows.
    ///
    /// - Parameters:
    ///   - name: the model, as clients name it.
    ///   - upstream: the same, as the vendor names it.
    ///   - channel: the channel's name.
    /// - Returns: the price.
    public func price(of name: ModelName, upstream: ModelName, at channel: String) -> ModelPrice? {
        func fits(_ rule: Rule) -> Bool {
            (rule.channel.isEmpty || rule.channel == channel)
                && (rule.model.matches(name.text) || rule.model.matches(upstream.text))
        }
        if let rule = managed.rules.first(where: fits) ?? rules.first(where: fits) { return rule.price }
        let place = "\(channel) \(upstream.text)"
        if let found = known.withLock({ $0[place] }) { return found ?? standard }
        let found = published(upstream, channel)
        known.withLock { known in
            // Clients may invent names at channels that take any model.
            if known.count >= Self.mostKnown { known = [:] }
            known[place] = .some(found)
        }
        return found ?? standard
    }

    /// Whether calls of models without a price are refused to callers with limited money.
    public var refusesUnknown: Bool { unknown == .refuse }

    private var standard: ModelPrice? {
        if case .standard(let price) = unknown { price } else { nil }
    }
}
