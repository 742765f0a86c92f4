/// A way to a vendor: an address, keys for it, and the models that are asked for there.
public struct Channel: Sendable, Equatable {
    /// What is spoken at the address.
    public enum Kind: String, Sendable, Equatable, CaseIterable {
        case onemin
        case openai
        case azure
        case anthropic
        case gemini
        case compatible

        /// Whether the vendor itself tells which models there are, and for what; then none need be listed.
        public var hasCatalogue: Bool { self == .onemin }
    }

    /// Its name in settings, addresses (`/{name}/v1/…`) and model names (`{name}/{model}`): letters, digits, `-`, `_`.
    public var name: String
    /// What is spoken there.
    public var kind: Kind
    /// Scheme, host, port and path, without a final slash, for example `https://api.openai.com/v1`.
    public var address: String
    /// Whose key is used.
    public var keys: [ChannelKey]
    /// Whether callers bring the vendor's key themselves; then `keys` is empty.
    public var usesCallersKey = false
    /// What is offered.
    public var models: [ChannelModel]
    /// Whether models that are not listed are asked for by the name the client gives, where nobody else lists them.
    public var takesAnyModel = false
    /// Higher is tried first.
    public var priority = 0
    /// The share of requests among channels of one priority; all zero is even.
    public var weight = 1
    /// How its keys take turns.
    public var keyOrder = KeyOrder.turns
    /// What is special about it.
    public var traits = ChannelTraits()
    /// Time limits of its own; what is nil is as for all.
    public var limits = ChannelLimits()
    /// Groups of accounts that may use it; none means all.
    public var groups: Set<String> = []
    /// A proxy's address; nil for a direct connection.
    public var proxy: String?

    /// Makes a channel; the other fields have defaults.
    public init(name: String, kind: Kind, address: String, keys: [ChannelKey], models: [ChannelModel]) {
        self.name = name
        self.kind = kind
        self.address = address
        self.keys = keys
        self.models = models
    }

    /// Whether accounts of a group may use it.
    public func serves(_ group: String) -> Bool { groups.isEmpty || groups.contains(group) }
}

/// How the keys of a channel take turns.
public enum KeyOrder: String, Sendable, Equatable, CaseIterable {
    /// One behind the other, over all processes.
    case turns
    /// At random.
    case random
    /// Free keys as long as one is usable, then paid ones, then the rest; within a class in turns.
    case cheapestFirst = "cheapest-first"
}
