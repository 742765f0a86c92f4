import MartletCore

/// Builds the `response` object of one answer, in each of its states.
struct ResponsesObject {
    private let request: ChatRequest

    init(_ request: ChatRequest) {
        self.request = request
    }

    /// `resp_…`.
    var id: String { "resp_" + request.identity.token }

    /// The id of the item that holds the text.
    var messageID: String { "msg_" + request.identity.token }

    /// The token of a call's item.
    func callToken(_ number: Int) -> String { request.identity.token + String(number) }

    /// The answer at its beginning.
    func begun() -> JSON { object(status: "in_progress", output: [], usage: nil) }

    /// The whole answer.
    func complete(_ response: ChatResponse) -> JSON {
        var output: [JSON] = []
        let reason = Self.incompleteReason(response.finishReason)
        let status = Self.status(response.finishReason)
        if !response.text.isEmpty || response.toolCalls.isEmpty {
            output.append(message(response.text, status: status))
        }
        for (number, call) in response.toolCalls.enumerated() {
            output.append(ResponsesItems.item(call, token: callToken(number)))
        }
        return object(status: status, output: output, usage: response.usage, incompleteReason: reason)
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

    /// The item that holds the text; nil for one that is only announced.
    func message(_ text: String?, status: JSON) -> JSON {
        [
            "id": .string(messageID), "type": "message", "status": status, "role": "assistant",
            "content": .array(text.map { [Self.part($0)] } ?? []),
        ]
    }

    /// The part that holds the text.
    static func part(_ text: String) -> JSON {
        ["type": "output_text", "text": .string(text), "annotations": [], "logprobs": []]
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
