import MartletCore

/// Reads the body of `POST /v1/responses`.
///
/// Beside OpenAI's own fields the spellings that older relays take are read: `messages`, `response_format`, the flat
/// `reasoning_effort`, `max_tokens`.
enum ResponsesMapping {
    static func request(from body: BodyReader) throws(GatewayError) -> ChatRequest {
        guard body.value.objectValue != nil else { throw body.typeError("an object") }
        let name = try OpenAIChatMapping.modelName(body.required("model"))
        var request = ChatRequest(model: name, messages: try conversation(in: body))
        request.instructions = try body.field("instructions")?.string()
        request.sampling = try OpenAIChatMapping.sampling(from: body)
        request.output = try OpenAIOutputFormat.responses(in: body)
        if request.output == .text { request.output = try OpenAIOutputFormat.chat(in: body) }
        try OpenAITools.read(from: body, isFlat: true, into: &request)
        let limit = try body.field("max_output_tokens")
        let olderLimit = try body.field("max_tokens")
        request.maximumTokens = try (limit ?? olderLimit)?.integer(in: 1...Int(Int32.max))
        let effort = try body.field("reasoning")?.field("effort")
        let flatEffort = try body.field("reasoning_effort")
        request.reasoning.effort = try (effort ?? flatEffort)?.string()
        if let summary = try body.field("reasoning")?.field("summary") {
            request.reasoning.isShown = !summary.value.isNull
        }
        request.user = try body.field("user")?.string()
        request.cacheKey = try body.field("prompt_cache_key")?.string()
        request.isStreaming = try body.field("stream")?.bool() ?? false
        request.isStored = try body.field("store")?.bool() ?? true
        request.previousResponse = try body.field("previous_response_id")?.string()
        try refuse("background", in: body) { $0 != false }
        try refuse("conversation", in: body) { _ in true }
        try refuse("prompt", in: body) { _ in true }
        request.echo = try ResponsesEcho.fields(of: body, for: request)
        return request
    }

    private static func conversation(in body: BodyReader) throws(GatewayError) -> [Message] {
        let messages: [Message]
        let place: BodyReader
        if let input = try body.field("input") {
            place = input
            messages = try ResponsesItems.messages(from: input)
        } else if let list = try body.field("messages") {
            place = list
            messages = try OpenAIChatMapping.conversation(from: list)
        } else {
            place = try body.required("input")
            messages = []
        }
        let holdsSomething = messages.lazy.flatMap(\.parts).contains { part in
            switch part {
            case .text(let text), .refusal(let text): text.contains { !$0.isWhitespace }
            case .media, .toolCall, .toolResult: true
            case .reasoning, .cachePoint: false
            }
        }
        guard holdsSomething else { throw place.error("holds nothing to answer.", code: "empty_input") }
        return messages
    }

    private static func refuse(
        _ key: String,
        in body: BodyReader,
        when isAsked: (JSON) -> Bool
    ) throws(GatewayError) {
        guard let field = try body.field(key), isAsked(field.value) else { return }
        throw field.error("is not supported here.", code: "unsupported_parameter")
    }
}
