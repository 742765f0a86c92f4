import HTTPTypes
import MartletCore

/// 1min.ai's model catalogue: one public request per feature, no key.
///
/// Source: `GET /models?feature=…` (2026-10). `deprecationDate` is not an end of life; only `status` counts.
public enum OneMinModels {
    /// One request of a survey, and what its models are for.
    public struct Question: Sendable {
        /// What the models in the answer are for.
        public let use: ModelCard.Use
        /// The request.
        public let request: UpstreamRequest
    }

    private static let features: [(String, ModelCard.Use)] = [
        ("UNIFY_CHAT_WITH_AI", .chat), ("CODE_GENERATOR", .code), ("IMAGE_GENERATOR", .imageGeneration),
        ("IMAGE_EDITOR", .imageEditing), ("IMAGE_VARIATOR", .imageVariation), ("TEXT_TO_SPEECH", .speech),
        ("SPEECH_TO_TEXT", .transcription), ("AUDIO_TRANSLATOR", .translation),
    ]

    /// The requests that together give the whole catalogue.
    public static func questions(origin: String) -> [Question] {
        features.map { feature, use in
            Question(
                use: use,
                request: UpstreamRequest(
                    method: .get,
                    url: "\(origin)/models?feature=\(feature)",
                    fields: [.accept: "application/json"]
                )
            )
        }
    }

    /// Reads the answer to one question: the active models, or all where none is active.
    ///
    /// - Returns: nil when the answer is not a catalogue.
    public static func cards(in body: [UInt8], use: ModelCard.Use) -> [ModelCard]? {
        guard let models = (try? JSON.parse(body))?["models"]?.arrayValue else { return nil }
        let active = models.filter { $0["status"]?.stringValue ?? "ACTIVE" == "ACTIVE" }
        return (active.isEmpty ? models : active).compactMap { card(from: $0, use: use) }
    }

    /// Puts the answers together: one card per id, with all its uses.
    public static func merge(_ cards: [ModelCard], fetched: Int) -> ModelList {
        var merged: [ModelCard] = []
        var index: [ModelName: Int] = [:]
        for card in cards {
            if let position = index[card.id] {
                merged[position].uses.formUnion(card.uses)
                merged[position].readsImages = merged[position].readsImages || card.readsImages
            } else {
                index[card.id] = merged.count
                merged.append(card)
            }
        }
        return ModelList(cards: merged, fetched: fetched)
    }

    private static func card(from json: JSON, use: ModelCard.Use) -> ModelCard? {
        guard let id = json["modelId"]?.stringValue, !id.isEmpty else { return nil }
        let limits = json["creditMetadata"]
        let inputs = json["modality"]?["INPUT"]?.arrayValue?.compactMap(\.stringValue) ?? []
        return ModelCard(
            id: ModelName(id),
            maker: ModelMaker.name(of: id) ?? json["provider"]?.stringValue?.lowercased() ?? "1min.ai",
            uses: [use],
            readsImages: inputs.contains("image"),
            contextLimit: limits?["CONTEXT"]?.intValue,
            outputLimit: limits?["MAX_OUTPUT_TOKEN"]?.intValue
        )
    }
}
