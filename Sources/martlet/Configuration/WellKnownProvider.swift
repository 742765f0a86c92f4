import MartletCore

/// Where providers are that people know by name, so that a channel of that name needs no address.
struct WellKnownProvider {
    let kind: Channel.Kind
    let address: String
    /// What a forwarding gateway puts before its models' names.
    let gatewayPrefix: String

    /// By the channel's name.
    static let all: [String: WellKnownProvider] = [
        "openai": .init(kind: .openai, address: "https://api.openai.com/v1", gatewayPrefix: "openai"),
        "anthropic": .init(
            kind: .anthropic,
            address: "https://api.anthropic.com/v1",
            gatewayPrefix: "anthropic"
        ),
        "gemini": .init(
            kind: .gemini,
            address: "https://generativelanguage.googleapis.com/v1beta",
            gatewayPrefix: "google-ai-studio"
        ),
        "groq": .init(kind: .compatible, address: "https://api.groq.com/openai/v1", gatewayPrefix: "groq"),
        "mistral": .init(kind: .compatible, address: "https://api.mistral.ai/v1", gatewayPrefix: "mistral"),
        "morph": .init(
            kind: .compatible,
            address: "https://api.morphllm.com/v1",
            gatewayPrefix: "custom-morph"
        ),
        "openrouter": .init(
            kind: .compatible,
            address: "https://openrouter.ai/api/v1",
            gatewayPrefix: "openrouter"
        ),
        "sambanova": .init(
            kind: .compatible,
            address: "https://api.sambanova.ai/v1",
            gatewayPrefix: "custom-sambanova"
        ),
        "deepseek": .init(
            kind: .compatible,
            address: "https://api.deepseek.com/v1",
            gatewayPrefix: "deepseek"
        ),
        "cohere": .init(
            kind: .compatible,
            address: "https://api.cohere.ai/compatibility/v1",
            gatewayPrefix: "cohere"
        ),
        "poolside": .init(
            kind: .compatible,
            address: "https://inference.poolside.ai/v1",
            gatewayPrefix: "custom-poolside"
        ),
        "onemin": .init(kind: .onemin, address: "https://api.1min.ai", gatewayPrefix: "custom-onemin"),
    ]

    /// The address of a kind, where a channel has another name.
    static func address(of kind: Channel.Kind) -> String? {
        kind == .compatible || kind == .azure ? nil : all[kind.rawValue]?.address
    }
}
