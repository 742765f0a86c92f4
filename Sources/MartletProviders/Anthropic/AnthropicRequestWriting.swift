import MartletCore

/// Writes a request as the body of Anthropic's Messages.
struct AnthropicRequestWriting {
    /// What a model may say where neither the client nor anybody else has said it.
    private static let usualLimit = 4_096
    private static let leastBudget = 1_024
    let model: ModelName
    let rules: AnthropicModelRules
    /// The most that the model can say; nil when unknown.
    let outputLimit: Int?

    func body(of request: ChatRequest) throws(GatewayError) -> JSON {
        guard request.choices == 1 else {
            throw GatewayError(
                .invalidRequest,
                "This model gives one answer: 'n' must be 1.",
                parameter: "n",
                code: "unsupported_parameter"
            )
        }
        let writing = try AnthropicMessageWriting(request)
        let limit = request.maximumTokens ?? outputLimit ?? Self.usualLimit
        var body: JSONObject = [
            "model": .string(model.text), "messages": .array(writing.messages), "max_tokens": JSON(limit),
        ]
        var system = writing.system
        if case .jsonObject = request.output { system.append(Self.instruction(schema: nil)) }
        if case .jsonSchema(let wanted) = request.output {
            let schema = wanted["schema"] ?? [:]
            if rules.takesSchema {
                add(["format": ["type": "json_schema", "schema": schema]], to: &body)
            } else {
                system.append(Self.instruction(schema: schema))
            }
        }
        if !system.isEmpty { body["system"] = .array(system) }
        let thinks = addThinking(of: request, limit: limit, to: &body)
        addSampling(of: request.sampling, thinks: thinks, to: &body)
        addTools(of: request, remaining: writing.remainingCachePoints, thinks: thinks, to: &body)
        body["metadata"] = request.user.map { ["user_id": .string($0)] }
        if request.isStreaming { body["stream"] = true }
        return .object(body)
    }

    /// Returns whether the model will think, which forbids some other fields.
    private func addThinking(of request: ChatRequest, limit: Int, to body: inout JSONObject) -> Bool {
        let wish = request.reasoning
        guard rules.thinks, !wish.isOff, wish.effort != nil || wish.budget != nil else { return false }
        // A model that must call a tool cannot think first.
        let isForced =
            request.toolChoice != .automatic && request.toolChoice != .never && !request.tools.isEmpty
        guard !isForced else { return false }
        if rules.thinksAdaptively {
            if let effort = wish.effort ?? Self.effort(wish.budget) {
                add(["effort": .string(Self.word(effort))], to: &body)
            }
            var thinking: JSONObject = ["type": "adaptive"]
            if wish.isShown == true { thinking["display"] = "summarized" }
            body["thinking"] = .object(thinking)
            return true
        }
        let budget = min(Self.budget(wish), limit - 1)
        guard budget >= Self.leastBudget else { return false }
        body["thinking"] = ["type": "enabled", "budget_tokens": JSON(budget)]
        return true
    }

    /// `output_config` holds the effort and the form.
    private func add(_ members: JSONObject, to body: inout JSONObject) {
        var configuration = body["output_config"]?.objectValue ?? [:]
        for (key, value) in members { configuration[key] = value }
        body["output_config"] = .object(configuration)
    }

    private static func effort(_ budget: Reasoning.Budget?) -> String? {
        switch budget {
        case nil, .adaptive: nil
        case .tokens(..<4_096): "low"
        case .tokens(..<16_384): "medium"
        case .tokens: "high"
        }
    }

    private static func word(_ effort: String) -> String {
        switch effort {
        case "minimal", "low": "low"
        case "medium", "high", "max": effort
        case "xhigh": "max"
        default: "high"
        }
    }

    private static func budget(_ wish: Reasoning) -> Int {
        if case .tokens(let count) = wish.budget { return max(count, leastBudget) }
        switch wish.effort {
        case "minimal"?, "low"?: return 1_024
        case "medium"?: return 8_192
        default: return 24_576
        }
    }

    private func addSampling(of sampling: Sampling, thinks: Bool, to body: inout JSONObject) {
        let stops = sampling.stop.filter { !$0.allSatisfy(\.isWhitespace) }
        if !stops.isEmpty { body["stop_sequences"] = .array(stops.map { .string($0) }) }
        guard rules.takesSampling, !thinks else { return }
        if let temperature = sampling.temperature {
            body["temperature"] = JSON(min(max(temperature, 0), 1))
        } else {
            // Newer models refuse both at once.
            body["top_p"] = sampling.topP.map { JSON($0) }
        }
        body["top_k"] = sampling.topK.map { JSON($0) }
    }

    private func addTools(of request: ChatRequest, remaining: Int, thinks: Bool, to body: inout JSONObject) {
        var left = remaining
        var tools = request.tools.map { tool -> JSON in
            var object: JSONObject = ["name": .string(tool.name)]
            object["description"] = tool.summary.map { .string($0) }
            object["input_schema"] = Self.schema(tool.parameters)
            if tool.isStrict == true, rules.takesSchema { object["strict"] = true }
            if let point = tool.cachePoint, left > 0 {
                left -= 1
                object["cache_control"] = AnthropicMessageWriting.control(point)
            }
            return .object(object)
        }
        if request.webSearch != nil {
            var search: JSONObject = ["type": "web_search_20250305", "name": "web_search"]
            search["max_uses"] = request.webSearch?.sites.map { JSON($0) }
            tools.append(.object(search))
        }
        guard !tools.isEmpty else { return }
        body["tools"] = .array(tools)
        var choice: JSONObject
        switch request.toolChoice {
        case .automatic: choice = ["type": "auto"]
        case .never: choice = ["type": "none"]
        case .required: choice = ["type": "any"]
        case .named(let name): choice = ["type": "tool", "name": .string(name)]
        }
        if request.callsToolsInParallel == false, request.toolChoice != .never {
            choice["disable_parallel_tool_use"] = true
        }
        if request.toolChoice != .automatic || choice.count > 1 { body["tool_choice"] = .object(choice) }
    }

    /// The schema of a tool's input is an object's.
    private static func schema(_ parameters: JSON?) -> JSON {
        guard case .object(var schema)? = parameters else { return ["type": "object", "properties": [:]] }
        if schema["type"] == nil { schema["type"] = "object" }
        return .object(schema)
    }

    private static func instruction(schema: JSON?) -> JSON {
        let form = schema.map {
            " that fits this JSON schema: \(String(decoding: $0.serialized(), as: UTF8.self))"
        }
        let text = "Answer with one JSON object\(form ?? "") and nothing else: no code fence, no comment."
        return ["type": "text", "text": .string(text)]
    }
}
