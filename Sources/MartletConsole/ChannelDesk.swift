public import MartletCore

/// What the management API does with channels, and others do for it.
public struct ChannelDesk: Sendable {
    /// A channel of the settings file as people see it: nothing secret.
    public struct Summary: Sendable {
        /// Its name.
        public var name: String
        /// What it speaks.
        public var kind: String
        /// Its address.
        public var address: String
        /// Its models.
        public var models: [String]
        /// The ids of its keys: see `ChannelKey.id`.
        public var keys: [String]
        /// Whether it also takes keys that callers bring.
        public var usesCallersKey: Bool
        /// Which channels are asked first.
        public var priority: Int
        /// How often among its equals.
        public var weight: Int

        /// Makes a summary of a channel.
        public init(_ channel: Channel) {
            name = channel.name
            kind = channel.kind.rawValue
            address = channel.address
            models = channel.models.map(\.name.text) + (channel.takesAnyModel ? ["*"] : [])
            keys = channel.keys.map(\.id)
            usesCallersKey = channel.usesCallersKey
            priority = channel.priority
            weight = channel.weight
        }
    }

    /// What came of a test.
    public struct Trial: Sendable {
        /// What is wrong; nil where the channel works.
        public var problem: String?
        /// How long it took, in milliseconds.
        public var milliseconds: Int

        /// Makes a result; see the properties.
        public init(problem: String?, milliseconds: Int) {
            self.problem = problem
            self.milliseconds = milliseconds
        }
    }

    /// The channels of the settings file, which are read alone.
    let settings: [Summary]
    /// Seals a key for a record.
    let seal: @Sendable (_ key: Secret, _ record: String) throws -> String
    /// Opens what was sealed for a record; nil where that cannot be done.
    let open: @Sendable (_ sealed: String, _ record: String) -> Secret?
    /// Asks a channel for a single token, of the first model where none is named.
    let test: @Sendable (_ channel: String, _ model: String?) -> Trial
    /// The names of the models that a channel's first key may use; nil where such a vendor does not tell.
    let models: @Sendable (_ channel: Channel) throws(GatewayError) -> [String]?
    /// What is left of the money of a channel's first key; nil where such a vendor does not tell.
    let balance: @Sendable (_ channel: Channel) throws(GatewayError) -> Credits?
    /// Forgets that a channel's key, or any of its keys for nil, has failed.
    let wake: @Sendable (_ channel: String, _ key: String?) -> Void
    /// Where a kind of channel is, when nobody says where; nil for kinds that may be anywhere.
    let address: @Sendable (_ name: String, _ kind: Channel.Kind) -> String?
    /// Who owns a key of a channel, and its last characters, by the channel's name and the key's: see `ChannelKey.id`.
    let keyName: @Sendable (_ channel: String, _ key: String) -> (owner: String, hint: String)
    /// Names that no channel may have.
    let reserved: Set<String>

    /// Puts the parts together; see the properties.
    public init(
        settings: [Summary],
        reserved: Set<String>,
        seal: @escaping @Sendable (_ key: Secret, _ record: String) throws -> String,
        open: @escaping @Sendable (_ sealed: String, _ record: String) -> Secret?,
        test: @escaping @Sendable (_ channel: String, _ model: String?) -> Trial,
        models: @escaping @Sendable (_ channel: Channel) throws(GatewayError) -> [String]?,
        balance: @escaping @Sendable (_ channel: Channel) throws(GatewayError) -> Credits?,
        wake: @escaping @Sendable (_ channel: String, _ key: String?) -> Void,
        address: @escaping @Sendable (_ name: String, _ kind: Channel.Kind) -> String?,
        keyName: @escaping @Sendable (_ channel: String, _ key: String) -> (owner: String, hint: String)
    ) {
        self.keyName = keyName
        self.settings = settings
        self.reserved = reserved
        self.seal = seal
        self.open = open
        self.test = test
        self.models = models
        self.balance = balance
        self.wake = wake
        self.address = address
    }
}
