import MartletCore

/// The pieces of Gemini's answer.
enum GeminiAnswers {
    /// A part of a candidate's content; nil for what has no place there.
    static func part(of part: Part) -> JSON? {
        switch part {
        case .text(let text), .refusal(let text): ["text": .string(text)]
        case .reasoning(let trace) where trace.redacted == nil: thought(trace)
        case .toolCall(let call): functionCall(call)
        case .media(let media):
            [
                "inlineData": [
                    "mimeType": .string(MediaSpelling.type(of: media)),
                    "data": MediaSpelling.base64(media) ?? "",
                ]
            ]
        case .reasoning, .toolResult, .cachePoint: nil
        }
    }

    static func thought(_ trace: ReasoningTrace) -> JSON {
        var part: JSONObject = ["text": .string(trace.text), "thought": true]
        part["thoughtSignature"] = trace.signature.map { .string($0.spelled(in: .gemini)) }
        return .object(part)
    }

    static func functionCall(_ call: ToolCall) -> JSON {
        let arguments = (try? JSON.parse(call.arguments)) ?? [:]
        var part: JSONObject = [
            "functionCall": [
                "id": .string(call.id), "name": .string(call.name),
                "args": arguments.objectValue == nil ? [:] : arguments,
            ]
        ]
        part["thoughtSignature"] = call.signature.map { .string($0.spelled(in: .gemini)) }
        return .object(part)
    }

    static func candidate(parts: [JSON], index: Int, reason: FinishReason?) -> JSON {
        var candidate: JSONObject = ["content": ["parts": .array(parts), "role": "model"]]
        candidate["finishReason"] = reason.map { .string(word($0)) }
        candidate["index"] = JSON(index)
        return .object(candidate)
    }

    static func usage(_ usage: TokenUsage) -> JSON {
        var object: JSONObject = [
            "promptTokenCount": JSON(usage.input.value),
            "candidatesTokenCount": JSON((usage.output - usage.reasoning).value),
            "totalTokenCount": JSON(usage.total.value),
        ]
        if usage.reasoning > 0 { object["thoughtsTokenCount"] = JSON(usage.reasoning.value) }
        if usage.cachedInput > 0 { object["cachedContentTokenCount"] = JSON(usage.cachedInput.value) }
        return .object(object)
    }

    private static func word(_ reason: FinishReason) -> String {
        switch reason {
        case .stop, .stopText, .toolCalls, .pause: "STOP"
        case .length: "MAX_TOKENS"
        case .contentFilter, .refusal: "SAFETY"
        }
    }
}
