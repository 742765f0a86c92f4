public import MartletCore

/// OpenAI's oldest dialect: `POST /v1/completions`, a prompt in the place of a conversation.
///
/// Source: OpenAI's API reference, Completions (2026-10).
public struct CompletionsSurface: Surface {
    /// `openai-completions`.
    public let dialect = Dialect.openAICompletions
    private let now: @Sendable () -> Int

    /// - Parameter now: the time in seconds since 1970, for `created`.
    public init(now: @escaping @Sendable () -> Int) {
        self.now = now
    }

    /// Reads a request: one prompt, which becomes a user's message.
    public func decode(_ body: JSON) throws(GatewayError) -> ChatRequest {
        let body = BodyReader(body)
        guard body.value.objectValue != nil else { throw body.typeError("an object") }
        let name = try OpenAIChatMapping.modelName(body.required("model"))
        let prompt = try Self.prompt(body.required("prompt"))
        var request = ChatRequest(model: name, messages: [Message(role: .user, parts: [.text(prompt)])])
        request.sampling = try OpenAIChatMapping.sampling(from: body)
        request.maximumTokens = try body.field("max_tokens")?.integer(in: 1...Int(Int32.max))
        request.choices = try body.field("n")?.integer(in: 1...128) ?? 1
        request.isStreaming = try body.field("stream")?.bool() ?? false
        request.includesUsage = try OpenAIChatMapping.includesUsage(in: body)
        for (key, usual) in [("echo", false), ("suffix", ""), ("best_of", 1)] as [(String, JSON)] {
            guard let field = try body.field(key), field.value != usual else { continue }
            throw field.error("is not supported here.", code: "unsupported_parameter")
        }
        return request
    }

    /// Writes a `text_completion` object.
    public func encode(_ response: ChatResponse, to request: ChatRequest) -> [UInt8] {
        let frame = CompletionFrame(model: request.model, created: now())
        var object = frame.object(text: response.text, finishReason: response.finishReason)
        object["usage"] = CompletionFrame.usage(response.usage)
        return JSON.object(object).serialized()
    }

    /// Writes `text_completion` objects, each with a piece.
    public func streamEncoder(for request: ChatRequest) -> any ChatEncoder {
        CompletionsStreamEncoder(
            frame: CompletionFrame(model: request.model, created: now()),
            includesUsage: request.includesUsage
        )
    }

    /// Writes OpenAI's error object.
    public func encode(_ error: GatewayError, request: RequestID) -> [UInt8] {
        OpenAIErrors.body(of: error, request: request)
    }

    private static func prompt(_ prompt: BodyReader) throws(GatewayError) -> String {
        var texts: [String] = []
        if let text = prompt.value.stringValue {
            texts = [text]
        } else if prompt.value.arrayValue != nil {
            try prompt.forEachElement { element throws(GatewayError) in
                guard element.value.stringValue != nil else {
                    throw element.error("must be a string; tokens are not supported.", code: "invalid_type")
                }
                texts.append(try element.string())
            }
        } else {
            throw prompt.typeError("a string")
        }
        guard texts.count == 1, let text = texts.first else {
            throw prompt.error("must be one prompt; several in a request are not supported.")
        }
        guard !text.isEmpty else { throw prompt.error("must not be empty.") }
        return text
    }
}

/// What all objects of one completion have in common.
struct CompletionFrame {
    let id = "cmpl-" + RandomText.alphanumeric(24)
    let model: ModelName
    let created: Int

    func object(text: String, finishReason: FinishReason?) -> JSONObject {
        let choice: JSON = [
            "text": .string(text), "index": 0, "logprobs": nil,
            "finish_reason": finishReason.map { .string(Self.word($0)) } ?? .null,
        ]
        return object(choices: [choice])
    }

    func object(choices: [JSON]) -> JSONObject {
        [
            "id": .string(id), "object": "text_completion", "created": JSON(created),
            "model": .string(model.text), "choices": .array(choices),
        ]
    }

    static func usage(_ usage: TokenUsage) -> JSON {
        [
            "prompt_tokens": JSON(usage.input.value), "completion_tokens": JSON(usage.output.value),
            "total_tokens": JSON(usage.total.value),
        ]
    }

    private static func word(_ reason: FinishReason) -> String {
        // There are no tools in this dialect.
        OpenAIFinish.word(reason == .toolCalls ? .stop : reason)
    }
}

/// Writes `text_completion` events, the usage where it was asked for, and `[DONE]`.
struct CompletionsStreamEncoder: ChatEncoder {
    let frame: CompletionFrame
    let includesUsage: Bool

    mutating func encode(_ event: ChatEvent, into bytes: inout [UInt8]) {
        switch event {
        case .text(let piece): write(frame.object(text: piece, finishReason: nil), into: &bytes)
        case .finished(let reason): write(frame.object(text: "", finishReason: reason), into: &bytes)
        case .choice, .choiceFinished, .refusal, .reasoning, .reasoningSignature, .redactedReasoning,
            .toolCall,
            .arguments, .media, .logProbabilities, .carried, .usage:
            break
        }
    }

    mutating func finish(usage: TokenUsage, into bytes: inout [UInt8]) {
        if includesUsage {
            var object = frame.object(choices: [])
            object["usage"] = CompletionFrame.usage(usage)
            write(object, into: &bytes)
        }
        bytes += "data: [DONE]\n\n".utf8
    }

    mutating func fail(_ error: GatewayError, request: RequestID, into bytes: inout [UInt8]) {
        EventWriter.write(data: OpenAIErrors.body(of: error, request: request), into: &bytes)
        bytes += "data: [DONE]\n\n".utf8
    }

    private func write(_ object: JSONObject, into bytes: inout [UInt8]) {
        EventWriter.write(data: JSON.object(object).serialized(), into: &bytes)
    }
}
