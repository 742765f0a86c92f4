import MartletCore

/// Reads the body of `POST /v1/chat/completions`.
///
/// Fields that this gateway does not know are let through without a word, as OpenAI's own API grows faster than its
/// clients; fields that it knows must have the right type.
enum OpenAIChatMapping {
    static func request(from body: BodyReader) throws(GatewayError) -> ChatRequest {
        guard body.value.objectValue != nil else { throw body.typeError("an object") }
        let model = try body.required("model")
        let name = try model.string()
        guard !name.isEmpty else { throw model.error("must not be empty.") }

        let messages = try body.required("messages")
        if messages.value.arrayValue?.isEmpty == true {
            throw messages.error("must hold at least one message.")
        }

        var request = ChatRequest(model: ModelName(name), messages: [])
        var conversation: [Message] = []
        try messages.forEachElement { element throws(GatewayError) in
            conversation.append(try OpenAIMessageMapping.message(from: element))
        }
        request.messages = conversation
        request.sampling = try sampling(from: body)
        request.output = try outputFormat(from: body)
        request.tools = try tools(from: body)
        request.maximumTokens = try body.field("max_completion_tokens")?.integer(in: 1...Int(Int32.max))
        if request.maximumTokens == nil {
            request.maximumTokens = try body.field("max_tokens")?.integer(in: 1...Int(Int32.max))
        }
        request.choices = try body.field("n")?.integer(in: 1...128) ?? 1
        request.reasoningEffort = try body.field("reasoning_effort")?.string()
        request.isStreaming = try body.field("stream")?.bool() ?? false
        request.includesUsage = try includesUsage(in: body)
        if let search = try body.field("web_search_options") {
            guard search.value.objectValue != nil else { throw search.typeError("an object") }
            request.webSearch = WebSearch()
        }
        return request
    }

    private static func includesUsage(in body: BodyReader) throws(GatewayError) -> Bool {
        guard let options = try body.field("stream_options") else { return false }
        return try options.field("include_usage")?.bool() ?? false
    }

    private static func sampling(from body: BodyReader) throws(GatewayError) -> Sampling {
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

    private static func outputFormat(from body: BodyReader) throws(GatewayError) -> OutputFormat {
        guard let format = try body.field("response_format") else { return .text }
        let type = try format.required("type")
        switch try type.string() {
        case "text": return .text
        case "json_object": return .jsonObject
        case "json_schema":
            let schema = try format.required("json_schema")
            guard let object = schema.value.objectValue else { throw schema.typeError("an object") }
            return .jsonSchema(object)
        default:
            throw type.error("must be 'text', 'json_object' or 'json_schema'.")
        }
    }

    /// The tools, unless `tool_choice` is `none`.
    private static func tools(from body: BodyReader) throws(GatewayError) -> [Tool] {
        let choice = try body.field("tool_choice")
        if let choice, choice.value.stringValue == nil, choice.value.objectValue == nil {
            throw choice.typeError("a string or an object")
        }
        guard let list = try body.field("tools") else { return [] }
        var tools: [Tool] = []
        try list.forEachElement { element throws(GatewayError) in
            let type = try element.required("type")
            guard try type.string() == "function" else { throw type.error("must be 'function'.") }
            let function = try element.required("function")
            let parameters = try function.field("parameters")
            if let parameters, parameters.value.objectValue == nil { throw parameters.typeError("an object") }
            tools.append(
                Tool(
                    name: try function.required("name").string(),
                    summary: try function.field("description")?.string(),
                    parameters: parameters?.value
                )
            )
        }
        return choice?.value.stringValue == "none" ? [] : tools
    }
}
