/// One of the answers to a request; most have only one.
public struct ChatChoice: Sendable, Equatable {
    /// What was said, in order: texts, thoughts, calls, pictures.
    public var parts: [Part]
    /// Why it ended.
    public var finishReason: FinishReason
    /// The probabilities of its tokens in OpenAI's spelling, where they were asked for.
    public var logProbabilities: [JSON] = []
    /// What the vendor said besides, under its own name; see `ChatEvent.carried`.
    public var carried = JSONObject()

    /// Makes an answer.
    public init(parts: [Part] = [], finishReason: FinishReason = .stop) {
        self.parts = parts
        self.finishReason = finishReason
    }

    /// Its text, without refusals and thoughts.
    public var text: String {
        parts.reduce(into: "") { text, part in
            if case .text(let piece) = part { text += piece }
        }
    }

    /// Why the model refused, in its own words; empty where it did not.
    public var refusal: String {
        parts.reduce(into: "") { text, part in
            if case .refusal(let piece) = part { text += piece }
        }
    }

    /// What the model thought.
    public var reasoning: [ReasoningTrace] {
        parts.compactMap { part in
            if case .reasoning(let trace) = part { trace } else { nil }
        }
    }

    /// The tools that the model asks for, in order.
    public var toolCalls: [ToolCall] {
        parts.compactMap { part in
            if case .toolCall(let call) = part { call } else { nil }
        }
    }
}
