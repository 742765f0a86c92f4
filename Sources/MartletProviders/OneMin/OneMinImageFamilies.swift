import MartletCore

/// The table of families, for each kind of work with pictures.
enum OneMinImageFamilies {
    /// The row for a model: the first that fits.
    static func family(of model: ModelName, for task: ImageRequest.Task) -> OneMinImageFamily {
        let table =
            switch task {
            case .generation: generators
            case .edit: editors
            case .variation: variators
            }
        return table.first { $0.models.contains { model.text.hasPrefix($0) } }
            ?? OneMinImageFamily(models: [""])
    }

    private static let openAISizes = ["1024x1024", "1024x1536", "1536x1024"]
    private static let openAIFormats = OneMinImageFamily.Formats(
        field: "output_format",
        names: [.png: "png", .jpeg: "jpeg", .webp: "webp"],
        compression: "output_compression"
    )
    private static let fluxRatios = ["1:1", "16:9", "9:16", "3:2", "2:3", "4:5", "5:4"]
    private static let wideRatios = fluxRatios + ["3:4", "4:3"]
    private static let stabilityRatios = ["1:1", "16:9", "9:16", "21:9", "9:21", "2:3", "3:2", "4:5", "5:4"]
    private static let flux = "black-forest-labs/flux-"
    private static let magicArt: JSONObject = ["mode": "fast", "isNiji6": false, "maintainModeration": true]
    private static let leonardo = [
        "6b645e3a-d64f-4341-a6d8-7a3690fbf042", "b24e16ff-06e3-43eb-8d33-4416c2d75876",
        "e71a1c2f-4f80-4800-934f-2c68979d8cc8", "1e60896f-3c26-4296-8ecc-53e2afecc132",
        "aa77f04e-3eec-4034-9c07-d0f619684628", "5c232a9e-9061-4777-980a-ddc8e65647c6",
        "2067ae52-33fd-4a82-bb92-c2c55e7d2786",
    ]

    /// `IMAGE_GENERATOR`.
    static let generators: [OneMinImageFamily] = openAI + fluxes + others

    private static let openAI = [
        OneMinImageFamily(
            models: ["gpt-image-1-", "gpt-image-1."],
            count: .field("n", upTo: 10),
            shape: .sizes(openAISizes),
            quality: .levels,
            backgrounds: [.opaque, .transparent],
            formats: openAIFormats
        ),
        OneMinImageFamily(
            models: ["gpt-image-1"],
            count: .field("n", upTo: 10),
            shape: .sizes(openAISizes),
            quality: .levels,
            hasStyle: true,
            backgrounds: [.opaque, .transparent],
            formats: openAIFormats
        ),
        OneMinImageFamily(
            models: ["gpt-image-"],
            count: .field("n", upTo: 10),
            shape: .freeSize,
            quality: .requiredLevels,
            backgrounds: [.automatic, .opaque, .transparent],
            formats: openAIFormats
        ),
        OneMinImageFamily(
            models: ["dall-e-3"],
            count: .field("n", upTo: 1),
            shape: .sizes(["1024x1024", "1024x1792", "1792x1024"]),
            quality: .standardOrHD,
            hasStyle: true
        ),
        OneMinImageFamily(
            models: ["dall-e-2"],
            count: .field("n", upTo: 10),
            shape: .sizes(["1024x1024", "512x512", "256x256"])
        ),
    ]

    private static let fluxes = [
        OneMinImageFamily(
            models: ["\(flux)schnell", "\(flux)dev-lora", "\(flux)krea-dev"],
            count: .field("num_outputs", upTo: 4),
            shape: .ratio("aspect_ratio", wideRatios),
            formats: .init(field: "output_format", names: [.png: "png", .jpeg: "jpg", .webp: "webp"])
        ),
        OneMinImageFamily(models: ["\(flux)dev"], shape: .ratio("aspect_ratio", fluxRatios)),
        OneMinImageFamily(
            models: ["\(flux)pro"],
            shape: .pixels(256...1_440, area: 1_440 * 1_440),
            formats: .init(field: "output_format", names: [.png: "png", .jpeg: "jpg", .webp: "webp"])
        ),
        OneMinImageFamily(models: ["\(flux)1.1-pro-ultra"], shape: .ratio("aspect_ratio", fluxRatios)),
        OneMinImageFamily(models: ["\(flux)1.1-pro"], shape: .pixels(256...2_048, area: 2_000_000)),
        OneMinImageFamily(
            models: ["\(flux)2-"],
            shape: .ratio("aspect_ratio", fluxRatios),
            formats: .init(field: "output_format", names: [.png: "png", .jpeg: "jpg"])
        ),
    ]

    private static let others = [
        OneMinImageFamily(
            models: leonardo,
            count: .field("n", upTo: 4),
            shape: .sizes(["1024x1024", "1024x768", "768x1024"])
        ),
        OneMinImageFamily(
            models: ["magic-art", "midjourney"],
            count: .fixed("n", 4),
            shape: .ratioParts,
            constants: magicArt
        ),
        OneMinImageFamily(
            models: ["stable-diffusion-xl"],
            count: .field("samples", upTo: 10),
            shape: .sizes([
                "1024x1024", "1152x896", "896x1152", "1216x832", "832x1216", "1344x768", "768x1344",
                "1536x640",
                "640x1536",
            ])
        ),
        OneMinImageFamily(
            models: ["stable-image-ultra"],
            shape: .ratio("aspect_ratio", stabilityRatios),
            formats: .init(field: "output_format", names: [.png: "png", .jpeg: "jpeg", .webp: "webp"])
        ),
        OneMinImageFamily(
            models: ["stable-image"],
            shape: .ratio("stable_image_core_aspect_ratio", stabilityRatios),
            formats: .init(
                field: "stable_image_core_output_format",
                names: [.png: "png", .jpeg: "jpeg", .webp: "webp"]
            )
        ),
        OneMinImageFamily(models: ["gemini-", "grok-"], count: .field("n", upTo: 10)),
        OneMinImageFamily(
            models: ["qwen-image", "recraft"],
            count: .field("n", upTo: 10),
            shape: .ratio("aspect_ratio", wideRatios)
        ),
        OneMinImageFamily(
            models: ["dzine"],
            count: .field("n", upTo: 4),
            shape: .sizes(["1024x1024", "1024x1536", "1536x1024"]),
            formats: .init(field: "output_format", names: [.png: "png", .jpeg: "jpg", .webp: "webp"]),
            constants: ["quality": "STANDARD"],
            needsStyleCode: true
        ),
    ]

    /// `IMAGE_EDITOR`; of other families only the picture and the text are known to be fields.
    static let editors = [
        OneMinImageFamily(
            models: ["gpt-image-"],
            count: .field("n", upTo: 10),
            shape: .sizes(openAISizes),
            quality: .levels,
            backgrounds: [.automatic, .opaque, .transparent],
            formats: openAIFormats
        )
    ]

    /// `IMAGE_VARIATOR`.
    static let variators = [
        OneMinImageFamily(
            models: ["dall-e-2"],
            count: .field("n", upTo: 10),
            shape: .sizes(["1024x1024", "512x512", "256x256"])
        ),
        OneMinImageFamily(
            models: ["magic-art", "midjourney"],
            count: .fixed("n", 4),
            shape: .ratioParts,
            constants: magicArt
        ),
        OneMinImageFamily(
            models: ["\(flux)redux"],
            count: .field("num_outputs", upTo: 4),
            shape: .ratio("aspect_ratio", wideRatios + ["21:9", "9:21"])
        ),
    ]
}
