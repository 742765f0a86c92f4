import MartletCore
import MartletProviders

/// What is done with a whole answer before its client sees it: calls of tools are read out of it, JSON is checked.
struct AnswerRefinement {
    /// What becomes of an answer.
    enum Verdict: Equatable {
        /// The client gets this.
        case good([ChatEvent])
        /// The model is asked again, and told why.
        case unfit(String)
    }

    private let tools: ToolEmulation?
    private let output: OutputFormat

    /// Looks at a request; nil when its answer can go out as it comes.
    init?(_ chat: ChatRequest, emulatesTools: Bool) {
        tools = emulatesTools ? ToolEmulation(chat) : nil
        output = chat.output
        if tools == nil, output == .text { return nil }
    }

    /// The request as it goes to the vendor.
    func request(for chat: ChatRequest) -> ChatRequest { tools?.request(for: chat) ?? chat }

    /// The request that asks again.
    func request(_ request: ChatRequest, after answer: String, problem: String) -> ChatRequest {
        var next = request
        let complaint =
            "Your last answer cannot be used: \(problem) Answer again, this time in the right form."
        next.messages.append(Message(role: .assistant, parts: [.text(answer)]))
        next.messages.append(Message(role: .user, parts: [.text(complaint)]))
        return next
    }

    /// Judges a whole answer.
    func judge(_ answer: ResponseAssembler) -> Verdict {
        let end = answer.finishReason ?? .stop
        if !answer.toolCalls.isEmpty { return .good(Self.events(answer.text, answer.toolCalls, end)) }
        switch tools?.read(answer.text) {
        case .calls(let calls, let lead)?: return .good(Self.events(lead, calls, .toolCalls))
        case .unusable(let problem)?: return .unfit(problem)
        case .text?, nil: break
        }
        switch output {
        case .text:
            return .good(Self.events(answer.text, [], end))
        case .jsonObject, .jsonSchema:
            guard let found = JSONInAnswer.find(in: answer.text) else {
                return .unfit("It is not valid JSON.")
            }
            if let problem = problem(with: found.value) {
                return .unfit("The JSON does not fit: \(problem).")
            }
            return .good(Self.events(found.text, [], end))
        }
    }

    /// What the client gets when the model was asked twice: the text, where only an unusable call is in the way.
    func lastResort(_ answer: ResponseAssembler, problem: String) throws(GatewayError) -> [ChatEvent] {
        if output == .text, let tools, !tools.isRequired {
            return Self.events(answer.text, [], answer.finishReason ?? .stop)
        }
        throw GatewayError(
            .upstreamFailure,
            "The model was asked twice, and its answer cannot be used. \(problem)",
            code: output == .text ? "invalid_tool_call" : "invalid_structured_output",
            shouldRetry: false
        )
    }

    private func problem(with value: JSON) -> String? {
        switch output {
        case .text:
            return nil
        case .jsonObject:
            return value.objectValue == nil ? "the value must be object, not \(value.typeName)" : nil
        case .jsonSchema(let wanted):
            // The schema was read when the request was; what is not readable now would not be the model's fault.
            return (try? JSONSchema(wanted["schema"] ?? [:]))?.problem(with: value)
        }
    }

    private static func events(_ text: String, _ calls: [ToolCall], _ end: FinishReason) -> [ChatEvent] {
        (text.isEmpty ? [] : [.text(text)]) + calls.map { .toolCall($0) } + [.finished(end)]
    }
}
