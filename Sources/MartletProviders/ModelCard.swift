public import MartletCore

/// What is known of a model.
public struct ModelCard: Sendable, Equatable {
    /// What a model is for.
    public enum Use: String, Sendable, Hashable, CaseIterable {
        case chat
        case code
        case imageGeneration = "image_generation"
        case imageEditing = "image_editing"
        case imageVariation = "image_variation"
        case speech
        case transcription
        case translation
        case embedding
        case moderation
        case rerank
    }

    /// Its id at the vendor.
    public var id: ModelName
    /// Who made it.
    public var maker: String
    /// What it is for.
    public var uses: Set<Use>
    /// Whether it reads pictures.
    public var readsImages: Bool
    /// The most tokens of a conversation; nil when unknown.
    public var contextLimit: Int?
    /// The most tokens of an answer; nil when unknown.
    public var outputLimit: Int?

    /// Makes a card.
    public init(
        id: ModelName,
        maker: String,
        uses: Set<Use>,
        readsImages: Bool = false,
        contextLimit: Int? = nil,
        outputLimit: Int? = nil
    ) {
        self.id = id
        self.maker = maker
        self.uses = uses
        self.readsImages = readsImages
        self.contextLimit = contextLimit
        self.outputLimit = outputLimit
    }
}

extension ModelCard {
    /// Reads a card as `json` writes it; nil when it has no id.
    init?(json: JSON) {
        guard let id = json["id"]?.stringValue, !id.isEmpty else { return nil }
        self.init(
            id: ModelName(id),
            maker: json["maker"]?.stringValue ?? "",
            uses: Set((json["uses"]?.arrayValue ?? []).compactMap { $0.stringValue.flatMap(Use.init) }),
            readsImages: json["reads_images"]?.boolValue ?? false,
            contextLimit: json["context"]?.intValue,
            outputLimit: json["output"]?.intValue
        )
    }

    /// The card as it is kept on disk.
    var json: JSON {
        var object: JSONObject = [
            "id": .string(id.text),
            "maker": .string(maker),
            "uses": .array(Use.allCases.filter(uses.contains).map { .string($0.rawValue) }),
        ]
        if readsImages { object["reads_images"] = true }
        if let contextLimit { object["context"] = .number(JSONNumber(contextLimit)) }
        if let outputLimit { object["output"] = .number(JSONNumber(outputLimit)) }
        return .object(object)
    }
}
