/// Who made a model, judged by its name: vendors that resell models often name themselves instead.
enum ModelMaker {
    /// Beginnings of names, longest first where one begins another.
    private static let beginnings: [(String, String)] = [
        ("us.anthropic.", "anthropic"), ("claude", "anthropic"),
        ("gpt-", "openai"), ("o1", "openai"), ("o3", "openai"), ("o4", "openai"), ("dall-e", "openai"),
        ("whisper", "openai"), ("tts-", "openai"), ("chatgpt", "openai"),
        ("gemini", "google"), ("google-", "google"), ("imagen", "google"), ("latest_", "google"),
        ("telephony", "google"), ("phone_call", "google"), ("medical_", "google"),
        ("qwen", "alibaba"), ("command", "cohere"), ("deepseek", "deepseek"),
        ("mistral", "mistralai"), ("ministral", "mistralai"), ("magistral", "mistralai"),
        ("open-mistral", "mistralai"), ("open-mixtral", "mistralai"), ("pixtral", "mistralai"),
        ("grok", "xai"), ("glm", "zai"), ("sonar", "perplexity"), ("kimi", "moonshotai"), ("llama", "meta"),
        ("stable-", "stabilityai"), ("clipdrop", "clipdrop"), ("magic-art", "midjourney"),
        ("recraft", "recraft"), ("dzine", "dzine"), ("elevenlabs", "elevenlabs"),
    ]

    /// The maker's name; nil when the name tells nothing.
    static func name(of id: String) -> String? {
        if let slash = id.firstIndex(of: "/") { return String(id[..<slash]) }
        return beginnings.first { id.hasPrefix($0.0) }?.1
    }
}
