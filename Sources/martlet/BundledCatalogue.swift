import CTables
import MartletProviders

/// The model catalogue that is part of the program: for the first start, and for machines without a network.
enum BundledCatalogue {
    /// The models as of the day that the file in `conf/catalogue` was made.
    static var models: ModelList {
        ModelList(bytes(martlet_models(), martlet_models_size())) ?? ModelList(cards: [], fetched: 0)
    }

    /// The names that models used to have.
    static var aliases: ModelAliases {
        ModelAliases(bytes(martlet_aliases(), martlet_aliases_size())) ?? ModelAliases()
    }

    /// What the makers of models have published of them: limits and prices.
    static var prices: ModelFacts { ModelFacts(bytes(martlet_prices(), martlet_prices_size())) }

    private static func bytes(_ start: UnsafeRawPointer, _ count: Int) -> [UInt8] {
        Array(UnsafeRawBufferPointer(start: start, count: count))
    }
}
