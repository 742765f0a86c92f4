import MartletCore

/// What differs between Anthropic's models, by their names.
///
/// Source: Anthropic's model overview, extended and adaptive thinking, structured outputs (2026-10). A name that is not
/// known counts as a new model.
struct AnthropicModelRules {
    /// Whether the model decides itself how much it thinks, and takes an effort.
    let thinksAdaptively: Bool
    /// Whether the model can think at all.
    let thinks: Bool
    /// Whether the model takes temperature, top_p and top_k.
    let takesSampling: Bool
    /// Whether the model can be held to a JSON schema.
    let takesSchema: Bool

    init(_ model: ModelName) {
        let version = Self.version(in: model.text)
        thinksAdaptively = version >= 46
        thinks = version >= 37
        takesSampling = version < 47
        takesSchema = version >= 45 || version == 41 && model.text.contains("opus")
    }

    /// `claude-opus-4-7-20260101` and `claude-3-5-sonnet` as 47 and 35; 1000 for another name.
    private static func version(in name: String) -> Int {
        guard name.contains("claude") else { return 1_000 }
        let numbers = name.split { $0 == "-" || $0 == "." || $0 == "/" || $0 == "@" || $0 == ":" }
            .compactMap { Int($0) }.filter { $0 < 100 }
        guard let major = numbers.first else { return 1_000 }
        return major * 10 + min(numbers.dropFirst().first ?? 0, 9)
    }
}
