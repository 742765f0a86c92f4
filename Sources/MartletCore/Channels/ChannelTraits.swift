public import HTTPTypes

/// What is special about a channel, as far as the code that speaks to its vendor must know.
public struct ChannelTraits: Sendable, Equatable {
    /// The channel's name; empty for none.
    public var channel = ""
    /// Header fields that are sent with every request.
    public var fields: HTTPFields = [:]
    /// The version of the API where the vendor wants it named; nil for the adapter's own choice.
    public var apiVersion: String?
    /// Differences from what the vendor's kind does, by name; see the adapter of the kind.
    public var quirks: Set<String> = []
    /// A gateway in between; nil for a direct way.
    public var gateway: ForwardingGateway?

    /// Nothing special.
    public init() {}
}

/// A gateway between this one and the vendor, which has a key of its own and names models with their vendor.
public struct ForwardingGateway: Sendable, Equatable {
    /// Its address, with everything filled in and without a final slash.
    public var address: String
    /// What stands before the model's name and a slash; nil for nothing.
    public var modelPrefix: String?
    /// Its own key; nil where it wants none.
    public var key: Secret?

    /// Names a gateway.
    public init(address: String, modelPrefix: String? = nil, key: Secret? = nil) {
        self.address = address
        self.modelPrefix = modelPrefix
        self.key = key
    }

    /// The model's name as the gateway wants it: with the prefix, once.
    public func name(of model: ModelName) -> ModelName {
        guard let modelPrefix, !model.text.hasPrefix(modelPrefix + "/") else { return model }
        return ModelName("\(modelPrefix)/\(model.text)")
    }
}
