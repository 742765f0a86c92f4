import MartletCore

/// Reads the body of `POST /v1/messages`.
///
/// Fields that it does not know are let through without a word; those that it knows must have the right type.
enum AnthropicMapping {
    static func request(from body: BodyReader, needsLimit: Bool) throws(GatewayError) -> ChatRequest {
        guard body.value.objectValue != nil else { throw body.typeError("an object") }
        let name = try OpenAIChatMapping.modelName(body.required("model"))
        let limit = needsLimit ? try body.required("max_tokens") : try body.field("max_tokens")
        let list = try body.required("messages")
        if list.value.arrayValue?.isEmpty == true { throw list.error("must hold at least one message.") }
        var messages = try system(in: body)
        try list.forEachElement { element throws(GatewayError) in
            messages += try AnthropicBlocks.messages(from: element)
        }
        var request = ChatRequest(model: name, messages: messages)
        request.maximumTokens = try limit?.integer(in: 1...Int(Int32.max))
        request.sampling.temperature = try body.field("temperature")?.number(in: 0...1)
        request.sampling.topP = try body.field("top_p")?.number(in: 0...1)
        try body.field("stop_sequences")?.forEachElement { element throws(GatewayError) in
            request.sampling.stop.append(try element.string())
        }
        request.isStreaming = try body.field("stream")?.bool() ?? false
        request.output = try outputFormat(in: body)
        request.reasoning.effort = try body.field("output_config")?.field("effort")?.string()
        request.sampling.topK = try body.field("top_k")?.integer(in: 0...1_000_000)
        request.user = try body.field("metadata")?.field("user_id")?.string()
        try readThinking(from: body, into: &request)
        try readTools(from: body, into: &request)
        return request
    }

    /// A text, or blocks of text.
    private static func system(in body: BodyReader) throws(GatewayError) -> [Message] {
        guard let system = try body.field("system") else { return [] }
        if let text = system.value.stringValue {
            return text.isEmpty ? [] : [Message(role: .system, parts: [.text(text)])]
        }
        guard system.value.arrayValue != nil else {
            throw system.typeError("a string or an array of text blocks")
        }
        var parts: [Part] = []
        try system.forEachElement { block throws(GatewayError) in
            let type = try block.required("type")
            guard try type.string() == "text" else { throw type.error("must be 'text'.") }
            parts.append(.text(try block.required("text").string()))
            if let point = try AnthropicBlocks.cachePoint(in: block) { parts.append(.cachePoint(point)) }
        }
        return parts.isEmpty ? [] : [Message(role: .system, parts: parts)]
    }

    /// `output_config.format`, and `output_format` as its beta had it: a JSON schema.
    private static func outputFormat(in body: BodyReader) throws(GatewayError) -> OutputFormat {
        let current = try body.field("output_config")?.field("format")
        let older = try body.field("output_format")
        guard let format = current ?? older else { return .text }
        return try OpenAIOutputFormat.read(format) { format throws(GatewayError) in format }
    }

    /// `thinking`: `enabled` with a budget, `adaptive`, or `disabled`.
    private static func readThinking(
        from body: BodyReader,
        into request: inout ChatRequest
    ) throws(GatewayError) {
        guard let thinking = try body.field("thinking") else { return }
        let type = try thinking.required("type")
        switch try type.string() {
        case "enabled":
            request.reasoning.budget = .tokens(
                try thinking.required("budget_tokens").integer(in: 1...Int(Int32.max))
            )
            request.reasoning.isShown = true
        case "adaptive":
            request.reasoning.budget = .adaptive
            request.reasoning.isShown = try thinking.field("display")?.string() != "omitted"
        case "disabled": request.reasoning.budget = .tokens(0)
        default: throw type.error("must be 'enabled', 'adaptive' or 'disabled'.")
        }
    }

    private static func readTools(
        from body: BodyReader,
        into request: inout ChatRequest
    ) throws(GatewayError) {
        var tools: [Tool] = []
        var searchesWeb = false
        try body.field("tools")?.forEachElement { element throws(GatewayError) in
            let type = try element.field("type")?.string() ?? "custom"
            if type.hasPrefix("web_search_") {
                searchesWeb = true
                return
            }
            guard type == "custom" else {
                throw try element.required("type").error("'\(type.prefix(50))' is not supported here.")
            }
            let schema = try element.required("input_schema")
            guard schema.value.objectValue != nil else { throw schema.typeError("an object") }
            var tool = Tool(
                name: try OpenAITools.name(of: element),
                summary: try element.field("description")?.string(),
                parameters: schema.value
            )
            tool.isStrict = try element.field("strict")?.bool()
            tool.cachePoint = try AnthropicBlocks.cachePoint(in: element)
            tools.append(tool)
        }
        if let choice = try body.field("tool_choice") {
            let type = try choice.required("type")
            if try choice.field("disable_parallel_tool_use")?.bool() == true {
                request.callsToolsInParallel = false
            }
            switch try type.string() {
            case "auto": break
            case "any": request.toolChoice = .required
            case "none": request.toolChoice = .never
            case "tool":
                let name = try choice.required("name")
                let wanted = try name.string()
                guard tools.contains(where: { $0.name == wanted }) else {
                    throw name.error("must be the name of one of the tools.")
                }
                request.toolChoice = .named(wanted)
            default: throw type.error("must be 'auto', 'any', 'tool' or 'none'.")
            }
        }
        request.tools = tools
        if searchesWeb { request.webSearch = WebSearch() }
    }
}
