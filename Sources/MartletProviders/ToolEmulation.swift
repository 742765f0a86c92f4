public import MartletCore

/// Tools for models that have none: their descriptions go into the prompt, and calls are read out of the answer.
///
/// ```
/// <tool_call>{"name": "weather", "arguments": {"city": "Oslo"}}</tool_call>
/// ```
/// The spelling is that of the open models that were trained on tools; what models make of it otherwise (a code
/// fence, a bare object, OpenAI's own `tool_calls`) is read too. What cannot be read is text.
public struct ToolEmulation: Sendable {
    /// What an answer means.
    public enum Reading: Sendable, Equatable {
        /// Calls, behind some text or none.
        case calls([ToolCall], lead: String)
        /// No call at all.
        case text
        /// A call that nobody can follow, and why, in words for the model.
        case unusable(String)
    }

    private let tools: [Tool]
    private let choice: ToolChoice
    private let isSingle: Bool

    /// Takes a request's tools; nil when it has none.
    public init?(_ request: ChatRequest) {
        guard !request.tools.isEmpty, request.toolChoice != .never else { return nil }
        tools = request.tools
        choice = request.toolChoice
        isSingle = request.callsToolsInParallel == false
    }

    /// Whether an answer must call a tool.
    public var isRequired: Bool { choice != .automatic && choice != .never }

    /// The request as it goes to a model without tools.
    public func request(for request: ChatRequest) -> ChatRequest {
        var plain = request
        plain.tools = []
        plain.toolChoice = .automatic
        plain.messages = Self.spelled(request.messages)
        let place = plain.messages.firstIndex { $0.role != .system && $0.role != .developer }
        let instruction = Message(role: .system, parts: [.text(instruction)])
        plain.messages.insert(instruction, at: place ?? plain.messages.endIndex)
        return plain
    }

    /// Reads an answer.
    public func read(_ text: String) -> Reading {
        let (payloads, lead) = ToolCallText.payloads(in: text)
        guard !payloads.isEmpty else {
            guard isRequired else { return .text }
            return .unusable("You must call a tool.")
        }
        var calls: [ToolCall] = []
        for payload in payloads {
            guard let found = ToolCallText.call(in: payload) else {
                return .unusable("The call is not valid JSON with 'name' and 'arguments'.")
            }
            guard let tool = tools.first(where: { $0.name == found.name }) else {
                return .unusable("There is no tool '\(found.name.prefix(64))'.")
            }
            if case .named(let wanted) = choice, wanted != found.name {
                return .unusable("You must call the tool '\(wanted)' and no other.")
            }
            if let problem = Self.problem(with: found.arguments, for: tool) {
                return .unusable("The arguments of '\(tool.name)' do not fit: \(problem).")
            }
            let id = "call_" + RandomText.alphanumeric(24)
            calls.append(ToolCall(id: id, name: found.name, arguments: found.arguments))
        }
        return .calls(isSingle ? Array(calls.prefix(1)) : calls, lead: lead)
    }

    /// Why arguments do not fit a tool; nil when they do, and for a schema that cannot be read.
    private static func problem(with arguments: String, for tool: Tool) -> String? {
        guard let parameters = tool.parameters, let schema = try? JSONSchema(parameters) else { return nil }
        return schema.problem(with: (try? JSON.parse(arguments)) ?? .null)
    }

    private var instruction: String {
        var lines = [
            "You can call tools. To call one, answer with this line and nothing else, one line for each call:",
            #"<tool_call>{"name": "NAME", "arguments": {}}</tool_call>"#,
            "'arguments' is a JSON object that fits the tool's schema. The result comes in the next message.",
        ]
        switch choice {
        case .automatic, .never: lines.append("Call a tool only where it helps; otherwise answer as usual.")
        case .required: lines.append("You must call at least one tool now.")
        case .named(let name): lines.append("You must call the tool '\(name)' now.")
        }
        if isSingle { lines.append("Make one call at most.") }
        lines.append("The tools:")
        lines += tools.map { String(decoding: Self.description(of: $0).serialized(), as: UTF8.self) }
        return lines.joined(separator: "\n")
    }

    private static func description(of tool: Tool) -> JSON {
        var object: JSONObject = ["name": .string(tool.name)]
        object["description"] = tool.summary.map { .string($0) }
        object["parameters"] = tool.parameters
        return .object(object)
    }

    /// Earlier calls and results in the spelling that the model is asked for.
    private static func spelled(_ messages: [Message]) -> [Message] {
        var names: [String: String] = [:]
        for case .toolCall(let call) in messages.lazy.flatMap(\.parts) { names[call.id] = call.name }
        return messages.map { message in
            var spelled = message
            if message.role == .tool { spelled.role = .user }
            spelled.parts = message.parts.map { part in
                switch part {
                case .toolCall(let call): .text(ToolCallText.spell(call))
                case .toolResult(let result):
                    .text("<tool_result>\(names[result.callID] ?? "tool"): \(result.told)</tool_result>")
                case .text, .refusal, .media, .reasoning, .cachePoint: part
                }
            }
            return spelled
        }
    }
}
