public import MartletCore

/// What the makers of models have published of them: limits, uses and prices, from the catalogue that is part of the
/// program.
///
/// Shape: `{"collected","source","providers":{PROVIDER:{MODEL:{"context","max_output","mode","input_usd_per_mtok",
/// "output_usd_per_mtok",…}}}}`.
public struct ModelFacts: Sendable {
    private let providers: JSON

    /// Reads the catalogue; of one that cannot be read nothing is known.
    public init(_ bytes: [UInt8]) {
        providers = (try? JSON.parse(bytes))?["providers"] ?? [:]
    }

    /// The channel with the limits and uses that its settings leave open.
    public func completed(_ channel: Channel) -> Channel {
        var channel = channel
        channel.models = channel.models.map { model in
            guard let facts = facts(of: model.upstreamName, at: channel) else { return model }
            var model = model
            model.contextLimit = model.contextLimit ?? facts["context"]?.intValue
            model.outputLimit = model.outputLimit ?? facts["max_output"]?.intValue
            if let abilities = facts["supports"]?.arrayValue, !abilities.isEmpty {
                model.readsImages = model.readsImages ?? abilities.contains("vision")
            }
            model.use = model.use ?? facts["mode"]?.stringValue.flatMap(Self.use)
            return model
        }
        return channel
    }

    /// The list prices of a model in US dollars for a million tokens; nil for what is not known.
    public func prices(of model: ModelName, at channel: Channel) -> (input: Double, output: Double)? {
        guard let facts = facts(of: model, at: channel), let input = facts["input_usd_per_mtok"]?.doubleValue,
            let output = facts["output_usd_per_mtok"]?.doubleValue
        else { return nil }
        return (input, output)
    }

    /// What a model costs by its maker's list; nil for what is not known.
    public func price(of model: ModelName, at channel: Channel) -> ModelPrice? {
        guard let facts = facts(of: model, at: channel) ?? anyMakers(model) else { return nil }
        func tokens(_ key: String) -> Int64? {
            facts[key]?.doubleValue.map { Int64(($0 * 1_000_000).rounded()) }
        }
        func each(_ key: String) -> Credits {
            Credits(nano: Int64(((facts[key]?.doubleValue ?? 0) * 1_000_000_000).rounded()))
        }
        var price = ModelPrice(
            input: tokens("input_usd_per_mtok") ?? 0,
            output: tokens("output_usd_per_mtok") ?? 0
        )
        price.cachedInput = tokens("cache_read_usd_per_mtok")
        price.cacheWrite = tokens("cache_write_usd_per_mtok")
        // An hour costs twice the price of the input where five minutes cost a quarter more: Anthropic's price list.
        price.hourCacheWrite = price.cacheWrite.map { $0 * 8 / 5 }
        price.image = each("usd_per_image")
        price.second = each("usd_per_audio_second")
        price.character = each("usd_per_character")
        let isKnown = price.input > 0 || price.output > 0 || price.image > .zero || price.second > .zero
        // A price of nothing is said as such; no word of one is none.
        return isKnown || price.character > .zero || facts["input_usd_per_mtok"] != nil ? price : nil
    }

    /// The model of that name at whoever makes it: for channels that sell what others make.
    private func anyMakers(_ model: ModelName) -> JSON? {
        let sellers = ["azure", "perplexity", "together"]
        return providers.objectValue?.lazy.filter { !sellers.contains($0.key) }
            .compactMap { Self.find(model.text, in: $0.value) }.first
    }

    private func facts(of model: ModelName, at channel: Channel) -> JSON? {
        if let models = providers[channel.name] ?? providers[channel.kind.rawValue] {
            return Self.find(model.text, in: models)
        }
        // Routers name a model with its maker: openai/gpt-4o-mini.
        let parts = model.text.split(separator: "/", maxSplits: 1).map(String.init)
        guard parts.count == 2, let models = providers[Self.makers[parts[0]] ?? parts[0]] else { return nil }
        return Self.find(parts[1], in: models)
    }

    private static let makers = [
        "google": "gemini", "mistralai": "mistral", "x-ai": "xai", "moonshotai": "moonshot", "z-ai": "zai",
    ]

    private static func find(_ name: String, in models: JSON) -> JSON? {
        models[name] ?? undated(name).flatMap { models[$0] }
    }

    /// `gpt-4o-2024-08-06` and `claude-sonnet-4-5-20250929` without their dates; nil for a name without one.
    private static func undated(_ name: String) -> String? {
        if name.hasSuffix("-latest") { return String(name.dropLast(7)) }
        let parts = name.split(separator: "-")
        func areDigits(_ part: Substring, _ count: Int) -> Bool {
            part.count == count && part.allSatisfy(\.isNumber)
        }
        if let last = parts.last, areDigits(last, 8) { return String(name.dropLast(9)) }
        guard parts.count > 3, areDigits(parts[parts.count - 3], 4), areDigits(parts[parts.count - 2], 2),
            areDigits(parts[parts.count - 1], 2)
        else { return nil }
        return String(name.dropLast(11))
    }

    private static func use(_ mode: String) -> String? {
        switch mode {
        case "image_generation": ModelCard.Use.imageGeneration.rawValue
        case "audio_speech": ModelCard.Use.speech.rawValue
        case "audio_transcription": ModelCard.Use.transcription.rawValue
        case "embedding": ModelCard.Use.embedding.rawValue
        case "moderation": ModelCard.Use.moderation.rawValue
        case "rerank": ModelCard.Use.rerank.rawValue
        default: nil
        }
    }
}
