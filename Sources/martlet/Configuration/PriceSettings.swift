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

    static func read(_ reader: inout SettingsReader) -> Prices {
        let rules: [PriceTable.Rule] = reader.entries("price") { rule(&$0) }
        let unknown = reader.choice(
            "prices",
            "unknown",
            default: "refuse",
            of: ["refuse", "free", "standard"]
        )
        var standard = ModelPrice()
        standard[class: "input"] = reader.number(
            "prices",
            "standard_input",
            default: 2,
            in: 0...ModelPrice.highest
        )
        standard[class: "output"] = reader.number(
            "prices",
            "standard_output",
            default: 6,
            in: 0...ModelPrice.highest
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
        var price = ModelPrice()
        for name in ModelPrice.classes {
            if let dollars = entry.number(name, in: 0...ModelPrice.highest) { price[class: name] = dollars }
        }
        return PriceTable.Rule(channel: channel, model: NamePattern(model), price: price)
    }
}
