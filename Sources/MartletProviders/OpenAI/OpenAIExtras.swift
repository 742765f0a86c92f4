import MartletCore

/// What clients of Chat Completions get and give back besides OpenAI's own fields, in the spellings that others have
/// made common: `reasoning_content` and `reasoning_details` (OpenRouter), `extra_content.google` (Google).
enum OpenAIExtras {
    /// The seal of a call: `{"google": {"thought_signature"}}`.
    static func signature(_ signature: ReasoningSignature) -> JSON {
        ["google": ["thought_signature": .string(signature.spelled(in: .gemini))]]
    }

    /// The seal of a call that a client gives back; nil for none.
    static func signature(in call: JSON) -> ReasoningSignature? {
        let text = call["extra_content"]?["google"]?["thought_signature"]?.stringValue
        return text.map { ReasoningSignature(spelled: $0, in: .gemini) }
    }

    /// Thoughts that somebody has sealed or hidden; the others are in `reasoning_content` alone.
    static func details(of traces: [ReasoningTrace]) -> [JSON] {
        traces.enumerated().compactMap { index, trace in
            if let redacted = trace.redacted {
                return ["type": "reasoning.encrypted", "data": .string(redacted), "index": JSON(index)]
            }
            guard let signature = trace.signature else { return nil }
            return detail(text: trace.text, signature: signature, index: index)
        }
    }

    /// One thought with its seal.
    static func detail(text: String?, signature: ReasoningSignature, index: Int) -> JSON {
        var detail: JSONObject = ["type": "reasoning.text"]
        detail["text"] = text.map { .string($0) }
        detail["signature"] = .string(signature.text)
        detail["format"] = .string(signature.maker.name)
        detail["index"] = JSON(index)
        return .object(detail)
    }

    /// The thoughts of a message that a client gives back, or that a vendor has sent.
    static func traces(in message: JSON) -> [ReasoningTrace] {
        let plain = message["reasoning_content"]?.stringValue ?? message["reasoning"]?.stringValue
        let details = message["reasoning_details"]?.arrayValue ?? []
        guard !details.isEmpty else { return plain.map { [ReasoningTrace(text: $0)] } ?? [] }
        return details.compactMap { detail in
            if let data = detail["data"]?.stringValue { return ReasoningTrace(redacted: data) }
            let text = detail["text"]?.stringValue ?? detail["summary"]?.stringValue
            let maker = detail["format"]?.stringValue.map(maker)
            let signature = detail["signature"]?.stringValue.map {
                ReasoningSignature(maker: maker ?? .openAIChat, text: $0)
            }
            guard text != nil || signature != nil else { return nil }
            // A stream names the seal without the text, which came in pieces.
            return ReasoningTrace(
                text: text ?? (details.count == 1 ? plain : nil) ?? "",
                signature: signature
            )
        }
    }

    /// OpenRouter names formats by vendor and version: `anthropic-claude-v1`.
    private static func maker(_ format: String) -> Dialect {
        if format.hasPrefix("anthropic") { return .anthropic }
        if format.hasPrefix("google") || format.hasPrefix("gemini") { return .gemini }
        return Dialect(format)
    }
}
