import MartletCore

/// Writes a request as the body of generateContent.
struct GeminiRequestWriting {
    private static let mostStops = 5
    let model: ModelName

    func body(of request: ChatRequest) throws(GatewayError) -> JSON {
        let writing = try GeminiContentWriting(request)
        var body: JSONObject = ["contents": .array(writing.contents)]
        if !writing.system.isEmpty { body["systemInstruction"] = ["parts": .array(writing.system)] }
        let configuration = try configuration(of: request)
        if !configuration.isEmpty { body["generationConfig"] = .object(configuration) }
        addTools(of: request, to: &body)
        return .object(body)
    }

    private func configuration(of request: ChatRequest) throws(GatewayError) -> JSONObject {
        let sampling = request.sampling
        guard sampling.stop.count <= Self.mostStops else {
            throw GatewayError(
                .invalidRequest,
                "This model takes at most \(Self.mostStops) stop texts.",
                parameter: "stop",
                code: "invalid_value"
            )
        }
        var configuration: JSONObject = [:]
        configuration["temperature"] = sampling.temperature.map { JSON($0) }
        configuration["topP"] = sampling.topP.map { JSON($0) }
        configuration["topK"] = sampling.topK.map { JSON($0) }
        configuration["maxOutputTokens"] = request.maximumTokens.map { JSON($0) }
        if !sampling.stop.isEmpty {
            configuration["stopSequences"] = .array(sampling.stop.map { .string($0) })
        }
        configuration["seed"] = sampling.seed.map { JSON(Int(Int32(truncatingIfNeeded: $0))) }
        configuration["presencePenalty"] = sampling.presencePenalty.map { JSON($0) }
        configuration["frequencyPenalty"] = sampling.frequencyPenalty.map { JSON($0) }
        if request.choices > 1 { configuration["candidateCount"] = JSON(request.choices) }
        if sampling.showsProbabilities {
            configuration["responseLogprobs"] = true
            configuration["logprobs"] = sampling.topProbabilities.map { JSON($0) }
        }
        switch request.output {
        case .text: break
        case .jsonObject: configuration["responseMimeType"] = "application/json"
        case .jsonSchema(let wanted):
            configuration["responseMimeType"] = "application/json"
            configuration["responseSchema"] = wanted["schema"].map(GeminiSchema.cleaned)
        }
        configuration["thinkingConfig"] = thinking(request.reasoning)
        return configuration
    }

    /// Gemini 2.5 counts in tokens, newer models take a level.
    private func thinking(_ wish: Reasoning) -> JSON? {
        guard wish != Reasoning() else { return nil }
        var thinking: JSONObject = [:]
        if model.text.contains("gemini-2.5") {
            switch (wish.budget, wish.effort) {
            case (.tokens(let count)?, _): thinking["thinkingBudget"] = JSON(count)
            case (.adaptive?, _): thinking["thinkingBudget"] = -1
            case (nil, "none"?): thinking["thinkingBudget"] = 0
            case (nil, "minimal"?), (nil, "low"?): thinking["thinkingBudget"] = 1_024
            case (nil, "medium"?): thinking["thinkingBudget"] = 8_192
            case (nil, .some): thinking["thinkingBudget"] = 24_576
            case (nil, nil): break
            }
        } else if let effort = wish.effort ?? OpenAIRequestWriting.effort(wish) {
            thinking["thinkingLevel"] =
                effort == "none" || effort == "minimal" || effort == "low" ? "low" : "high"
        }
        if wish.isShown ?? (wish.effort != "none" && wish.budget != .tokens(0)) {
            thinking["includeThoughts"] = true
        }
        return .object(thinking)
    }

    private func addTools(of request: ChatRequest, to body: inout JSONObject) {
        var tools: [JSON] = []
        if !request.tools.isEmpty {
            let functions = request.tools.map { tool -> JSON in
                var function: JSONObject = ["name": .string(tool.name)]
                function["description"] = tool.summary.map { .string($0) }
                if let parameters = tool.parameters, parameters["properties"]?.objectValue?.isEmpty == false {
                    function["parameters"] = GeminiSchema.cleaned(parameters)
                }
                return .object(function)
            }
            tools.append(["functionDeclarations": .array(functions)])
        }
        if request.webSearch != nil { tools.append(["googleSearch": [:]]) }
        guard !tools.isEmpty else { return }
        body["tools"] = .array(tools)
        guard !request.tools.isEmpty else { return }
        let calling: JSON
        switch request.toolChoice {
        case .automatic: return
        case .never: calling = ["mode": "NONE"]
        case .required: calling = ["mode": "ANY"]
        case .named(let name): calling = ["mode": "ANY", "allowedFunctionNames": [.string(name)]]
        }
        body["toolConfig"] = ["functionCallingConfig": calling]
    }
}
