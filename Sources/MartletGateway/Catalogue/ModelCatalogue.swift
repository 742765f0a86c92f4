public import MartletCore
public import MartletProviders

/// Which models there are and what names they answer to, at one time.
public struct ModelCatalogue: Sendable {
    /// What a name stands for.
    public enum Resolution: Sendable, Equatable {
        /// A model; with a wish for web search when the name ended in `:online`.
        case found(ModelCard, searchesWeb: Bool)
        /// A model that is no more, and the one to use instead.
        case retired(successor: ModelName)
        /// A model that is there, but not permitted here.
        case notPermitted
        /// No model.
        case unknown
    }

    private let list: ModelList
    private let aliases: ModelAliases
    private let configured: [ModelName: ModelName]
    private let permitted: [ModelName]
    private let permittedOnly: Bool
    /// Nil stands for all.
    private let emulating: Set<ModelName>?

    /// Makes a catalogue.
    ///
    /// - Parameters:
    ///   - list: what the vendor offers.
    ///   - aliases: names that models used to have.
    ///   - rules: what the settings say.
    public init(list: ModelList, aliases: ModelAliases, rules: ModelRules) {
        self.list = list
        self.aliases = aliases
        configured = rules.aliases
        permittedOnly = rules.permittedOnly
        func ids(_ names: [ModelName]) -> [ModelName] {
            names.compactMap { Self.card($0, list: list, aliases: aliases, configured: rules.aliases)?.id }
        }
        permitted = ids(rules.permitted)
        emulating = rules.emulatesTools.contains("*") ? nil : Set(ids(rules.emulatesTools))
    }

    /// The models for `GET /v1/models`: the permitted ones first, and nothing else where only they are.
    public var models: [ModelCard] {
        let first = permitted.compactMap { list[$0] }
        guard !permittedOnly else { return first }
        let named = Set(permitted)
        return first + list.cards.filter { !named.contains($0.id) }
    }

    /// Which models stand first in lists, in their order.
    var first: [ModelName] { permitted }

    /// When the vendor was asked, in seconds since 1970.
    public var fetched: Int { list.fetched }

    /// What a name stands for.
    ///
    /// A name is looked up as it is first: ids may contain colons, so `:online` is taken off only where the whole is
    /// no model.
    public func resolve(_ name: ModelName) -> Resolution {
        let whole = resolution(of: name, searchesWeb: false)
        guard whole == .unknown, name.text.hasSuffix(":online") else { return whole }
        return resolution(of: ModelName(String(name.text.dropLast(7))), searchesWeb: true)
    }

    /// Whether tools are emulated for a model, by its id.
    func emulatesTools(_ id: ModelName) -> Bool { emulating?.contains(id) ?? true }

    private func resolution(of name: ModelName, searchesWeb: Bool) -> Resolution {
        if let card = Self.card(name, list: list, aliases: aliases, configured: configured) {
            guard !permittedOnly || permitted.contains(card.id) else { return .notPermitted }
            return .found(card, searchesWeb: searchesWeb)
        }
        if let successor = aliases.retired[name] { return .retired(successor: successor) }
        return .unknown
    }

    private static func card(
        _ name: ModelName,
        list: ModelList,
        aliases: ModelAliases,
        configured: [ModelName: ModelName]
    ) -> ModelCard? {
        if let target = configured[name] {
            return list[target] ?? aliases.renamed[target].flatMap { list[$0] }
        }
        return list[name] ?? aliases.renamed[name].flatMap { list[$0] }
    }
}

/// What the settings say about models.
public struct ModelRules: Sendable, Equatable {
    /// Models that stand first in the list.
    public var permitted: [ModelName]
    /// Whether no other model may be used.
    public var permittedOnly: Bool
    /// The operator's own names.
    public var aliases: [ModelName: ModelName]
    /// Models for which tools are emulated; `*` stands for all.
    public var emulatesTools: [ModelName]

    /// Makes rules; none by default.
    public init(
        permitted: [ModelName] = [],
        permittedOnly: Bool = false,
        aliases: [ModelName: ModelName] = [:],
        emulatesTools: [ModelName] = []
    ) {
        self.permitted = permitted
        self.permittedOnly = permittedOnly
        self.aliases = aliases
        self.emulatesTools = emulatesTools
    }
}
