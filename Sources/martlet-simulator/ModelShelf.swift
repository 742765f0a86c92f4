import MartletCore

/// The simulated catalogue: a few models of each kind, one disabled, one with a colon, one with a slash.
enum ModelShelf {
    private struct Entry {
        let id: String
        let provider: String
        let features: [String]
        var status = "ACTIVE"
        var inputs = ["text"]
    }

    private static let chat = "UNIFY_CHAT_WITH_AI"
    private static let entries =
        [
            Entry(id: "gpt-4o-mini", provider: "openai", features: [chat], inputs: ["text", "image"]),
            Entry(id: "gpt-4o", provider: "openai", features: [chat], inputs: ["text", "image"]),
            Entry(id: "gpt-3.5-turbo", provider: "openai", features: [chat]),
            Entry(id: "gpt-5.3-codex", provider: "openai", features: [chat, "CODE_GENERATOR"]),
            Entry(id: "gpt-4-retired", provider: "openai", features: [chat], status: "DISABLED"),
            Entry(
                id: "us.anthropic.claude-sonnet-5",
                provider: "bedrock",
                features: [chat],
                inputs: ["text", "image"]
            ),
            Entry(id: "us.anthropic.claude-sonnet-4-5-20250929-v1:0", provider: "bedrock", features: [chat]),
            Entry(id: "meta/llama-4-scout-instruct", provider: "replicate", features: [chat]),
            Entry(id: "openai/gpt-oss-20b", provider: "openrouter", features: [chat]),
            Entry(id: "gemini-3.8-flash", provider: "google", features: [chat], inputs: ["text", "image"]),
            Entry(id: "open-mistral-nemo", provider: "mistral", features: [chat]),
            Entry(id: "deepseek-flash", provider: "deepseek", features: [chat]),
            Entry(id: "qwen3-8b", provider: "alibaba", features: [chat]),
            Entry(id: "qwen3-coder-plus", provider: "alibaba", features: ["CODE_GENERATOR"]),
            Entry(id: "gpt-image-1", provider: "openai", features: ["IMAGE_GENERATOR", "IMAGE_EDITOR"]),
            Entry(id: "gpt-image-1-mini", provider: "openai", features: ["IMAGE_GENERATOR", "IMAGE_EDITOR"]),
            Entry(id: "gpt-image-2", provider: "openai", features: ["IMAGE_GENERATOR"]),
            Entry(id: "dall-e-2", provider: "openai", features: ["IMAGE_VARIATOR"]),
            Entry(id: "magic-art", provider: "midjourney", features: ["IMAGE_GENERATOR", "IMAGE_VARIATOR"]),
            Entry(id: "clipdrop", provider: "clipdrop", features: ["IMAGE_GENERATOR", "IMAGE_VARIATOR"]),
            Entry(
                id: "black-forest-labs/flux-redux-dev",
                provider: "replicate",
                features: ["IMAGE_VARIATOR"]
            ),
            Entry(
                id: "qwen-image-edit-plus",
                provider: "alibaba",
                features: ["IMAGE_EDITOR", "IMAGE_VARIATOR"]
            ),
            Entry(
                id: "6b645e3a-d64f-4341-a6d8-7a3690fbf042",
                provider: "leonardo",
                features: ["IMAGE_GENERATOR"]
            ),
            Entry(
                id: "black-forest-labs/flux-schnell",
                provider: "replicate",
                features: ["IMAGE_GENERATOR"],
                status: "DISABLED"
            ),
            Entry(id: "black-forest-labs/flux-dev", provider: "replicate", features: ["IMAGE_GENERATOR"]),
            Entry(id: "tts-1", provider: "openai", features: ["TEXT_TO_SPEECH"]),
            Entry(id: "elevenlabs-tts", provider: "elevenlabs", features: ["TEXT_TO_SPEECH"]),
            Entry(id: "latest_long", provider: "google", features: ["SPEECH_TO_TEXT"]),
            Entry(id: "gpt-4o-transcribe", provider: "openai", features: ["SPEECH_TO_TEXT"]),
            Entry(id: "whisper-1", provider: "openai", features: ["SPEECH_TO_TEXT", "AUDIO_TRANSLATOR"]),
        ] + pictures.map { Entry(id: $0, provider: "various", features: ["IMAGE_GENERATOR"]) }

    /// One of each family that the relay has a rule for.
    private static let pictures = [
        "black-forest-labs/flux-schnell-lora", "black-forest-labs/flux-krea-dev",
        "black-forest-labs/flux-1.1-pro", "black-forest-labs/flux-1.1-pro-ultra",
        "black-forest-labs/flux-2-flex", "stable-diffusion-xl-1024-v1-0", "stable-image",
        "stable-image-ultra",
        "gemini-2.5-flash-image", "grok-imagine-image", "qwen-image", "recraft", "dzine",
    ]

    static func isActive(_ id: String, feature: String) -> Bool {
        entries.contains { $0.id == id && $0.status == "ACTIVE" && $0.features.contains(feature) }
    }

    /// Whether a model takes pictures.
    static func readsImages(_ id: String) -> Bool {
        entries.contains { $0.id == id && $0.inputs.contains("image") }
    }

    /// The answer to `GET /models?feature=…`; without a feature the real service answers an empty list, too.
    static func answer(feature: String) -> JSON {
        let found = entries.filter { $0.features.contains(feature) }
        let models = found.map { entry -> JSON in
            [
                "uuid": .string(RandomText.alphanumeric(16)), "modelId": .string(entry.id),
                "name": .string(entry.id),
                "provider": .string(entry.provider), "status": .string(entry.status),
                "features": .array(entry.features.map { .string($0) }),
                "creditMetadata": ["INPUT": 1, "OUTPUT": 4, "CONTEXT": 128_000, "MAX_OUTPUT_TOKEN": 16_384],
                "modality": ["INPUT": .array(entry.inputs.map { .string($0) }), "OUTPUT": ["text"]],
            ]
        }
        return ["models": .array(models), "total": .number(JSONNumber(models.count))]
    }
}
