import MartletCore

/// Builds the `response` object of one answer, in each of its states.
struct ResponsesObject {
    private let request: ChatRequest

    init(_ request: ChatRequest) {
        self.request = request
    }

    /// `resp_…`.
    var id: String { "resp_" + request.identity.token }

    /// What the ids of the item at a place end with.
    func token(at place: Int) -> String { request.identity.token + (place == 0 ? "" : String(place)) }

    /// The answer at its beginning.
    func begun() -> JSON { object(status: "in_progress", output: [], usage: nil) }

    /// The whole answer.
    func complete(_ response: ChatResponse) -> JSON {
        let reason = Self.incompleteReason(response.finishReason)
        let status = Self.status(response.finishReason)
        var output: [JSON] = []
        for part in response.first.parts {
            switch part {
            case .text(let text): output.append(message([Self.part(text)], at: output.count, status: status))
            case .refusal(let text):
                let said = Self.part(text, isRefusal: true)
                output.append(message([said], at: output.count, status: status))
            case .reasoning(let trace): output.append(reasoning(trace, at: output.count))
            case .toolCall(let call):
                output.append(ResponsesItems.item(call, token: token(at: output.count)))
            case .media(let media):
                let text = "![](\(MediaSpelling.address(media)?.stringValue ?? ""))"
                output.append(message([Self.part(text)], at: output.count, status: status))
            case .toolResult, .cachePoint: break
            }
        }
        if output.isEmpty { output = [message([Self.part("")], at: 0, status: status)] }
        return object(status: status, output: output, usage: response.usage, incompleteReason: reason)
    }

    /// What the model thought, as an item; its seal is the encrypted content.
    func reasoning(_ trace: ReasoningTrace, at place: Int) -> JSON {
        var item: JSONObject = ["id": .string("rs_" + token(at: place)), "type": "reasoning"]
        item["summary"] = trace.text.isEmpty ? [] : [["type": "summary_text", "text": .string(trace.text)]]
        let sealed = trace.signature.map { $0.spelled(in: .openAIResponses) } ?? trace.redacted
        item["encrypted_content"] = sealed.map { .string($0) }
        return .object(item)
    }

    /// The answer that came to nothing.
    func failed(_ error: GatewayError) -> JSON {
        let code: JSON =
            switch error.kind {
            case .rateLimited, .insufficientQuota: "rate_limit_exceeded"
            case .invalidRequest, .modelNotFound: "invalid_prompt"
            default: "server_error"
            }
        return object(
            status: "failed",
            output: [],
            usage: nil,
            error: ["code": code, "message": .string(error.message)]
        )
    }

    /// An item that is said; nil for one that is only announced.
    func message(_ parts: [JSON]?, at place: Int, status: JSON) -> JSON {
        [
            "id": .string("msg_" + token(at: place)), "type": "message", "status": status,
            "role": "assistant", "content": .array(parts ?? []),
        ]
    }

    /// A part of what is said.
    static func part(_ text: String, isRefusal: Bool = false) -> JSON {
        if isRefusal { return ["type": "refusal", "refusal": .string(text)] }
        return ["type": "output_text", "text": .string(text), "annotations": [], "logprobs": []]
    }

    /// `completed`, or `incomplete` where something is missing at the end.
    static func status(_ reason: FinishReason?) -> JSON {
        reason.flatMap(incompleteReason) == nil ? "completed" : "incomplete"
    }

    private static func incompleteReason(_ reason: FinishReason) -> JSON? {
        switch reason {
        case .stop, .stopText, .toolCalls, .pause: nil
        case .length: "max_output_tokens"
        case .contentFilter, .refusal: "content_filter"
        }
    }

    private func object(
        status: JSON,
        output: [JSON],
        usage: TokenUsage?,
        incompleteReason: JSON? = nil,
        error: JSON = nil
    ) -> JSON {
        var object: JSONObject = [
            "id": .string(id), "object": "response", "created_at": JSON(request.identity.created),
            "status": status, "background": false, "error": error,
            "incomplete_details": incompleteReason.map { ["reason": $0] } ?? nil,
            "model": .string(request.model.text), "output": .array(output),
        ]
        for (key, value) in request.echo { object[key] = value }
        object["usage"] = usage.map(Self.json) ?? .null
        return .object(object)
    }

    private static func json(_ usage: TokenUsage) -> JSON {
        [
            "input_tokens": JSON(usage.input.value),
            "input_tokens_details": [
                "cached_tokens": JSON(usage.cachedInput.value),
                "cache_write_tokens": JSON((usage.cacheWrite + usage.hourCacheWrite).value),
            ],
            "output_tokens": JSON(usage.output.value),
            "output_tokens_details": ["reasoning_tokens": JSON(usage.reasoning.value)],
            "total_tokens": JSON(usage.total.value),
        ]
    }
}
