import MartletCore
import MartletMeter

/// Reads `[[price]]` and `[prices]`.
enum PriceSettings {
    /// What models cost, where the settings say so.
    struct Prices: Sendable, Equatable {
        var rules: [PriceTable.Rule]
        var unknown: PriceTable.Unknown
        /// How many tokens an answer is taken to have at most, where nothing else says.
        var assumedOutput: Int
    }

    /// The most that a million tokens, or one of anything else, may cost in dollars.
    private static let highest = 1_000_000.0

    static func read(_ reader: inout SettingsReader) -> Prices {
        let rules: [PriceTable.Rule] = reader.entries("price") { rule(&$0) }
        let unknown = reader.choice(
            "prices",
            "unknown",
            default: "refuse",
            of: ["refuse", "free", "standard"]
        )
        let standard = ModelPrice(
            input: perToken(reader.number("prices", "standard_input", default: 2, in: 0...highest)),
            output: perToken(reader.number("prices", "standard_output", default: 6, in: 0...highest))
        )
        return Prices(
            rules: rules,
            unknown: unknown == "refuse" ? .refuse : unknown == "free" ? .free : .standard(standard),
            assumedOutput: reader.integer(
                "prices",
                "assumed_output_tokens",
                default: 4_096,
                in: 0...10_000_000
            )
        )
    }

    private static func rule(_ entry: inout SettingsEntry) -> PriceTable.Rule? {
        guard let model = entry.text("model"), !model.isEmpty else {
            entry.addFault("model", "is missing: a model's name, with * for any text.")
            return nil
        }
        let channel = entry.text("channel") ?? ""
        func tokens(_ key: String) -> Int64? { entry.number(key, in: 0...highest).map(perToken) }
        func each(_ key: String) -> Credits { entry.number(key, in: 0...highest).map(Self.each) ?? .zero }
        var price = ModelPrice(input: tokens("input") ?? 0, output: tokens("output") ?? 0)
        price.cachedInput = tokens("cached_input")
        price.cacheWrite = tokens("cache_write")
        price.hourCacheWrite = tokens("hour_cache_write")
        price.audioInput = tokens("audio_input")
        price.audioOutput = tokens("audio_output")
        price.imageOutput = tokens("image_output")
        price.image = each("image")
        price.second = each("second")
        price.character = each("character")
        price.call = each("call")
        return PriceTable.Rule(channel: channel, model: NamePattern(model), price: price)
    }

    /// Dollars for a million tokens as millionths of a millionth of a dollar for one.
    private static func perToken(_ dollars: Double) -> Int64 { Int64((dollars * 1_000_000).rounded()) }

    private static func each(_ dollars: Double) -> Credits {
        Credits(nano: Int64((dollars * 1_000_000_000).rounded()))
    }
}
