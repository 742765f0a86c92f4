public import MartletCore

/// The models that a vendor offers, at one time.
public struct ModelList: Sendable, Equatable {
    /// The models, in the vendor's order, each id once.
    public let cards: [ModelCard]
    /// When the vendor was asked, in seconds since 1970; the date of the list for a bundled one.
    public let fetched: Int
    private let index: [ModelName: Int]

    /// Makes a list; of several cards with one id the first stands.
    public init(cards: [ModelCard], fetched: Int) {
        var index: [ModelName: Int] = [:]
        var unique: [ModelCard] = []
        for card in cards where index[card.id] == nil {
            index[card.id] = unique.count
            unique.append(card)
        }
        self.cards = unique
        self.fetched = fetched
        self.index = index
    }

    /// The card with this id.
    public subscript(_ id: ModelName) -> ModelCard? {
        index[id].map { cards[$0] }
    }

    /// Reads a list as `serialized` writes it; nil when it is none or holds no model.
    public init?(_ bytes: [UInt8]) {
        guard let json = try? JSON.parse(bytes), let models = json["models"]?.arrayValue else { return nil }
        let cards = models.compactMap(ModelCard.init(json:))
        guard !cards.isEmpty else { return nil }
        self.init(cards: cards, fetched: max(0, json["fetched"]?.intValue ?? 0))
    }

    /// The list as it is kept on disk.
    public func serialized() -> [UInt8] {
        let json: JSON = [
            "fetched": .number(JSONNumber(fetched)),
            "models": .array(cards.map(\.json)),
        ]
        return json.serialized()
    }
}
