import MartletCore

/// Writes a request as the body of Chat Completions.
struct OpenAIRequestWriting {
    let quirks: OpenAIQuirks
    let model: ModelName

    func body(of request: ChatRequest) throws(GatewayError) -> JSON {
        var body: JSONObject = ["model": .string(model.text)]
        body["messages"] = try OpenAIMessageWriting(quirks: quirks).messages(of: request)
        addSampling(of: request, to: &body)
        addTools(of: request, to: &body)
        body["response_format"] = format(request.output)
        if let limit = request.maximumTokens {
            body[quirks.usesMaxTokens ? "max_tokens" : "max_completion_tokens"] = JSON(limit)
        }
        body["reasoning_effort"] = Self.effort(request.reasoning).map { .string($0) }
        if request.choices > 1 { body["n"] = JSON(request.choices) }
        if request.isStreaming {
            body["stream"] = true
            if !quirks.refusesStreamOptions { body["stream_options"] = ["include_usage": true] }
        }
        guard !quirks.refusesUnknownFields else { return .object(body) }
        body["user"] = request.user.map { .string($0) }
        body["prompt_cache_key"] = request.cacheKey.map { .string($0) }
        if request.webSearch != nil { body["web_search_options"] = [:] }
        return .object(body)
    }

    /// An effort in OpenAI's words; a budget becomes the nearest.
    static func effort(_ reasoning: Reasoning) -> String? {
        if let effort = reasoning.effort { return effort == "max" ? "xhigh" : effort }
        switch reasoning.budget {
        case nil, .adaptive: return nil
        case .tokens(0): return "none"
        case .tokens(..<2_048): return "low"
        case .tokens(..<16_384): return "medium"
        case .tokens: return "high"
        }
    }

    private func addSampling(of request: ChatRequest, to body: inout JSONObject) {
        let sampling = request.sampling
        body["temperature"] = sampling.temperature.map { JSON($0) }
        body["top_p"] = sampling.topP.map { JSON($0) }
        body["frequency_penalty"] = sampling.frequencyPenalty.map { JSON($0) }
        body["presence_penalty"] = sampling.presencePenalty.map { JSON($0) }
        body[quirks.refusesUnknownFields ? "random_seed" : "seed"] = sampling.seed.map { JSON($0) }
        if !sampling.stop.isEmpty { body["stop"] = .array(sampling.stop.map { .string($0) }) }
        guard !quirks.refusesUnknownFields else { return }
        body["logit_bias"] = sampling.bias.map { .object($0) }
        if sampling.showsProbabilities {
            body["logprobs"] = true
            body["top_logprobs"] = sampling.topProbabilities.map { JSON($0) }
        }
    }

    private func addTools(of request: ChatRequest, to body: inout JSONObject) {
        guard !request.tools.isEmpty else { return }
        body["tools"] = .array(request.tools.map(Self.tool))
        switch request.toolChoice {
        case .automatic: break
        case .never: body["tool_choice"] = "none"
        case .required: body["tool_choice"] = "required"
        case .named(let name):
            body["tool_choice"] = ["type": "function", "function": ["name": .string(name)]]
        }
        if !quirks.refusesParallelToolCalls, let parallel = request.callsToolsInParallel {
            body["parallel_tool_calls"] = .bool(parallel)
        }
    }

    private static func tool(_ tool: Tool) -> JSON {
        var function: JSONObject = ["name": .string(tool.name)]
        function["description"] = tool.summary.map { .string($0) }
        function["parameters"] = tool.parameters
        function["strict"] = tool.isStrict.map { .bool($0) }
        return ["type": "function", "function": .object(function)]
    }

    private func format(_ output: OutputFormat) -> JSON? {
        switch output {
        case .text: return nil
        case .jsonObject: return ["type": "json_object"]
        case .jsonSchema(var wanted):
            if wanted["name"] == nil { wanted["name"] = "answer" }
            return ["type": "json_schema", "json_schema": .object(wanted)]
        }
    }
}
