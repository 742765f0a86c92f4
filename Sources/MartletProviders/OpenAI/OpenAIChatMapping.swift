import MartletCore

/// Reads the body of `POST /v1/chat/completions`.
///
/// Fields that this gateway does not know are let through without a word, as OpenAI's own API grows faster than its
/// clients; fields that it knows must have the right type.
enum OpenAIChatMapping {
    static func request(from body: BodyReader) throws(GatewayError) -> ChatRequest {
        guard body.value.objectValue != nil else { throw body.typeError("an object") }
        let model = try body.required("model")
        let name = try modelName(model)

        let messages = try body.required("messages")
        if messages.value.arrayValue?.isEmpty == true {
            throw messages.error("must hold at least one message.")
        }

        var request = ChatRequest(model: name, messages: try conversation(from: messages))
        request.sampling = try sampling(from: body)
        request.output = try OpenAIOutputFormat.chat(in: body)
        try OpenAITools.read(from: body, isFlat: false, into: &request)
        request.maximumTokens = try body.field("max_completion_tokens")?.integer(in: 1...Int(Int32.max))
        if request.maximumTokens == nil {
            request.maximumTokens = try body.field("max_tokens")?.integer(in: 1...Int(Int32.max))
        }
        request.choices = try body.field("n")?.integer(in: 1...128) ?? 1
        request.user = try body.field("user")?.string()
        request.sampling.bias = try body.field("logit_bias")?.value.objectValue
        request.sampling.showsProbabilities = try body.field("logprobs")?.bool() ?? false
        request.sampling.topProbabilities = try body.field("top_logprobs")?.integer(in: 0...20)
        request.cacheKey = try body.field("prompt_cache_key")?.string()
        request.reasoning.effort = try body.field("reasoning_effort")?.string()
        request.isStreaming = try body.field("stream")?.bool() ?? false
        request.includesUsage = try includesUsage(in: body)
        if let search = try body.field("web_search_options") {
            guard search.value.objectValue != nil else { throw search.typeError("an object") }
            request.webSearch = WebSearch()
        }
        return request
    }

    static func modelName(_ field: BodyReader) throws(GatewayError) -> ModelName {
        let name = try field.string()
        guard !name.isEmpty else { throw field.error("must not be empty.") }
        return ModelName(name)
    }

    static func conversation(from messages: BodyReader) throws(GatewayError) -> [Message] {
        var conversation: [Message] = []
        try messages.forEachElement { element throws(GatewayError) in
            conversation += try OpenAIMessageMapping.messages(from: element)
        }
        return conversation
    }

    static func includesUsage(in body: BodyReader) throws(GatewayError) -> Bool {
        guard let options = try body.field("stream_options") else { return false }
        return try options.field("include_usage")?.bool() ?? false
    }

    static func sampling(from body: BodyReader) throws(GatewayError) -> Sampling {
        var sampling = Sampling()
        sampling.temperature = try body.field("temperature")?.number(in: 0...2)
        sampling.topP = try body.field("top_p")?.number(in: 0...1)
        sampling.frequencyPenalty = try body.field("frequency_penalty")?.number(in: -2...2)
        sampling.presencePenalty = try body.field("presence_penalty")?.number(in: -2...2)
        sampling.seed = try body.field("seed")?.integer(in: Int.min...Int.max)
        if let stop = try body.field("stop") {
            if let text = stop.value.stringValue {
                sampling.stop = [text]
            } else if stop.value.arrayValue != nil {
                var texts: [String] = []
                try stop.forEachElement { element throws(GatewayError) in texts.append(try element.string()) }
                sampling.stop = texts
            } else {
                throw stop.typeError("a string or an array of strings")
            }
        }
        return sampling
    }
}
