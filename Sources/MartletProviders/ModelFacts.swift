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
