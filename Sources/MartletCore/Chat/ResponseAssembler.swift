/// Folds the events of an answer into a whole one: an answer that is not streamed takes the same way as one that is.
public struct ResponseAssembler: Sendable {
    /// The answers so far, by number.
    public private(set) var choices = [ChatChoice()]
    /// Why the answer ended, once it has.
    public private(set) var finishReason: FinishReason?
    /// What it took, once the vendor has said so.
    public private(set) var usage: TokenUsage?
    /// Whether a part of the answer itself has come.
    public private(set) var hasContent = false
    private var current = 0

    /// No vendor gives more answers to one request.
    private static let mostChoices = 128

    /// Nothing yet.
    public init() {}

    /// The first answer's text so far.
    public var text: String { choices[0].text }
    /// The tools that the first answer asks for so far.
    public var toolCalls: [ToolCall] { choices[0].toolCalls }

    /// The whole answer.
    public func response(usage: TokenUsage) -> ChatResponse { ChatResponse(choices: choices, usage: usage) }

    /// Adds what happened.
    public mutating func add(_ event: ChatEvent) {
        if event.isContent { hasContent = true }
        switch event {
        case .choice(let number): move(to: number)
        case .text(let piece): extend(with: .text(piece))
        case .refusal(let piece): extend(with: .refusal(piece))
        case .reasoning(let piece): extend(with: .reasoning(ReasoningTrace(text: piece)))
        case .reasoningSignature(let signature): seal(with: signature)
        case .redactedReasoning(let redacted):
            choices[current].parts.append(.reasoning(ReasoningTrace(redacted: redacted)))
        case .toolCall(let call): choices[current].parts.append(.toolCall(call))
        case .arguments(let piece): extendCall(with: piece)
        case .media(let media): choices[current].parts.append(.media(media))
        case .logProbabilities(let tokens): choices[current].logProbabilities += tokens
        case .carried(let members): carry(members)
        case .usage(let reported): usage = reported
        case .choiceFinished(let reason): choices[current].finishReason = reason
        case .finished(let reason):
            choices[current].finishReason = reason
            finishReason = reason
        }
    }

    private mutating func move(to number: Int) {
        guard (0..<Self.mostChoices).contains(number) else { return }
        while choices.count <= number { choices.append(ChatChoice()) }
        current = number
    }

    /// Appends to the last part where both are of one kind.
    private mutating func extend(with part: Part) {
        let last = choices[current].parts.indices.last
        switch (last.map { choices[current].parts[$0] }, part) {
        case (.text(var text)?, .text(let piece)):
            choices[current].parts[last ?? 0] = .text("")  // leaves the text with one owner
            text += piece
            choices[current].parts[last ?? 0] = .text(text)
        case (.refusal(let text)?, .refusal(let piece)):
            choices[current].parts[last ?? 0] = .refusal(text + piece)
        case (.reasoning(var trace)?, .reasoning(let piece))
        where trace.redacted == nil && trace.signature == nil:
            choices[current].parts[last ?? 0] = .text("")
            trace.text += piece.text
            choices[current].parts[last ?? 0] = .reasoning(trace)
        default:
            choices[current].parts.append(part)
        }
    }

    private mutating func seal(with signature: ReasoningSignature) {
        guard let last = choices[current].parts.indices.last,
            case .reasoning(var trace) = choices[current].parts[last], trace.redacted == nil,
            trace.signature == nil
        else {
            choices[current].parts.append(.reasoning(ReasoningTrace(signature: signature)))
            return
        }
        trace.signature = signature
        choices[current].parts[last] = .reasoning(trace)
    }

    private mutating func extendCall(with piece: String) {
        let parts = choices[current].parts
        guard let last = parts.lastIndex(where: { if case .toolCall = $0 { true } else { false } }),
            case .toolCall(var call) = parts[last]
        else { return }
        choices[current].parts[last] = .text("")
        call.arguments += piece
        choices[current].parts[last] = .toolCall(call)
    }

    private mutating func carry(_ members: JSONObject) {
        for (name, value) in members {
            guard case .object(let fresh) = value, case .object(var earlier)? = choices[current].carried[name]
            else {
                choices[current].carried[name] = value
                continue
            }
            for (key, member) in fresh { earlier[key] = member }
            choices[current].carried[name] = .object(earlier)
        }
    }
}
