import MartletCore

/// The fields of a request that a `response` object repeats.
enum ResponsesEcho {
    private static let texts = ["user", "safety_identifier", "prompt_cache_key"]

    /// Checks the fields and gives them in the form that the answer has them in.
    static func fields(of body: BodyReader, for request: ChatRequest) throws(GatewayError) -> JSONObject {
        var echo: JSONObject = [
            "instructions": request.instructions.map { .string($0) } ?? .null,
            "max_output_tokens": request.maximumTokens.map { JSON($0) } ?? .null,
            "metadata": try metadata(in: body),
            "parallel_tool_calls": .bool(request.callsToolsInParallel ?? true),
            "previous_response_id": request.previousResponse.map { .string($0) } ?? .null,
            "reasoning": [
                "effort": effort(request.reasoning.effort),
                "summary": try summary(in: body),
            ],
            "temperature": request.sampling.temperature.map { JSON($0) } ?? 1.0,
            "text": ["format": format(request.output)],
            "tool_choice": choice(request.toolChoice, isNone: body.value["tool_choice"] == "none"),
            "tools": tools(in: body),
            "top_p": request.sampling.topP.map { JSON($0) } ?? 1.0,
            "truncation": "disabled",
        ]
        for key in texts {
            if let text = try body.field(key) { echo[key] = .string(try text.string()) }
        }
        return echo
    }

    /// At most 16 pairs of texts, names of 64 characters and values of 512.
    private static func metadata(in body: BodyReader) throws(GatewayError) -> JSON {
        guard let metadata = try body.field("metadata") else { return [:] }
        guard let pairs = metadata.value.objectValue else { throw metadata.typeError("an object") }
        guard pairs.count <= 16 else { throw metadata.error("must hold at most 16 pairs.") }
        for (key, _) in pairs {
            guard key.count <= 64 else { throw metadata.error("must have names of at most 64 characters.") }
            guard let value = try metadata.field(key) else { continue }
            guard try value.string().count <= 512 else {
                throw value.error("must have at most 512 characters.")
            }
        }
        return .object(JSONObject(pairs.filter { !$0.value.isNull }.map { ($0.key, $0.value) }))
    }

    /// Only the words that clients know; a vendor's own goes to the vendor and is not repeated.
    private static func effort(_ effort: String?) -> JSON {
        let known = ["none", "minimal", "low", "medium", "high", "xhigh"]
        return effort.flatMap { known.contains($0) ? .string($0) : nil } ?? .null
    }

    private static func summary(in body: BodyReader) throws(GatewayError) -> JSON {
        guard let summary = try body.field("reasoning")?.field("summary") else { return .null }
        let word = try summary.string()
        guard ["auto", "concise", "detailed"].contains(word) else {
            throw summary.error("must be 'auto', 'concise' or 'detailed'.")
        }
        return .string(word)
    }

    private static func format(_ output: OutputFormat) -> JSON {
        switch output {
        case .text:
            return ["type": "text"]
        case .jsonObject:
            return ["type": "json_object"]
        case .jsonSchema(let wanted):
            var format: JSONObject = [
                "type": "json_schema", "name": wanted["name"] ?? "answer", "schema": wanted["schema"] ?? [:],
            ]
            if let strict = wanted["strict"]?.boolValue { format["strict"] = .bool(strict) }
            if let text = wanted["description"]?.stringValue { format["description"] = .string(text) }
            return .object(format)
        }
    }

    private static func choice(_ choice: ToolChoice, isNone: Bool) -> JSON {
        switch choice {
        case _ where isNone: "none"
        case .never: "none"
        case .automatic: "auto"
        case .required: "required"
        case .named(let name): ["type": "function", "name": .string(name)]
        }
    }

    private static func tools(in body: BodyReader) -> JSON {
        .array(
            (body.value["tools"]?.arrayValue ?? []).map { tool in
                guard tool["type"] == "function" else { return ["type": tool["type"] ?? .null] }
                let function = tool["function"] ?? tool
                return [
                    "type": "function", "name": function["name"] ?? .null,
                    "description": function["description"] ?? .null,
                    "parameters": function["parameters"] ?? .null,
                    "strict": .bool(function["strict"]?.boolValue ?? false),
                ]
            }
        )
    }
}
