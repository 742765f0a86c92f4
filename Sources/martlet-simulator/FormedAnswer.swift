import MartletCore

/// Answers of a model that is asked for JSON or for calls of tools, in words alone.
struct FormedAnswer {
    let prompt: String

    /// The pieces of an answer; nil for scenarios that have no form.
    func pieces(_ scenario: Scenario) -> [String]? {
        switch scenario {
        case .json:
            return [
                "Here it is:\n``", "`json\n{\"name\": \"Ada\", ", "\"age\": 36}\n", "```\nAnything else?",
            ]
        case .jsonTwice:
            return wasAskedAgain ? [#"{"name": "Ada", "#, #""age": 36}"#] : [#"{"name": "Ada"}"#]
        case .jsonNever:
            return ["I would rather", " not say."]
        case .toolCall, .toolFence:
            if prompt.contains("<tool_result>") { return ["The tool", " has answered."] }
            let name = firstTool ?? "none"
            if scenario == .toolFence {
                return [
                    "Let me look.\n```json\n",
                    "{\"name\": \"\(name)\", \"arguments\": {\"city\": \"Oslo\",},}\n```",
                ]
            }
            return [
                "Let me look. <tool_", "call>{\"name\": \"\(name)\", \"argum",
                "ents\": {\"city\": \"Oslo\"}}",
                "</tool_call>",
            ]
        case .toolStray:
            return [#"<tool_call>{"name": "not_there", "#, #""arguments": {}}</tool_call>"#]
        default:
            return nil
        }
    }

    private var wasAskedAgain: Bool { prompt.contains("cannot be used") }

    /// The name of the first tool that the prompt describes, one JSON object on a line.
    private var firstTool: String? {
        prompt.split(separator: "\n").lazy.compactMap { line -> String? in
            guard line.hasPrefix("{\"name\":"), let tool = try? JSON.parse(String(line)) else { return nil }
            return tool["name"]?.stringValue
        }.first
    }
}
