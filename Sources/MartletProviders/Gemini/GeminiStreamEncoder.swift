import MartletCore

/// Writes partial answers: as events, or as one list where the client has not asked for events.
///
/// A call goes out whole, when the next thing comes or the answer ends.
struct GeminiStreamEncoder: ChatEncoder {
    private let model: ModelName
    private let writesEvents: Bool
    private let identifier = RandomText.alphanumeric(22)
    private var choice = 0
    private var call: ToolCall?
    private var hasBegun = false
    private var reason: FinishReason?

    init(_ request: ChatRequest, writesEvents: Bool) {
        model = request.model
        self.writesEvents = writesEvents
    }

    mutating func encode(_ event: ChatEvent, into bytes: inout [UInt8]) {
        switch event {
        case .arguments(let piece): call?.arguments += piece
        case .usage, .logProbabilities, .carried: break
        default:
            releaseCall(into: &bytes)
            encodePart(event, into: &bytes)
        }
    }

    private mutating func encodePart(_ event: ChatEvent, into bytes: inout [UInt8]) {
        switch event {
        case .choice(let number): choice = number
        case .text(let piece), .refusal(let piece): write([["text": .string(piece)]], into: &bytes)
        case .reasoning(let piece): write([GeminiAnswers.thought(ReasoningTrace(text: piece))], into: &bytes)
        case .reasoningSignature(let signature):
            write([GeminiAnswers.thought(ReasoningTrace(signature: signature))], into: &bytes)
        case .toolCall(let begun): call = begun
        case .media(let media):
            if let part = GeminiAnswers.part(of: .media(media)) { write([part], into: &bytes) }
        case .choiceFinished(let reason): write([], reason: reason, into: &bytes)
        case .finished(let reason): self.reason = reason
        case .redactedReasoning, .arguments, .usage, .logProbabilities, .carried: break
        }
    }

    mutating func finish(usage: TokenUsage, into bytes: inout [UInt8]) {
        releaseCall(into: &bytes)
        write([], reason: reason ?? .stop, usage: usage, into: &bytes)
        if !writesEvents { bytes.append(UInt8(ascii: "]")) }
    }

    mutating func fail(_ error: GatewayError, request: RequestID, into bytes: inout [UInt8]) {
        append(GeminiErrors.body(of: error), into: &bytes)
        if !writesEvents { bytes.append(UInt8(ascii: "]")) }
    }

    /// A blank in a list, which every reader of JSON skips.
    mutating func heartbeat(into bytes: inout [UInt8]) {
        if writesEvents { EventWriter.comment("waiting", into: &bytes) } else { bytes += " \n".utf8 }
    }

    private mutating func releaseCall(into bytes: inout [UInt8]) {
        guard let whole = call else { return }
        call = nil
        write([GeminiAnswers.functionCall(whole)], into: &bytes)
    }

    private mutating func write(
        _ parts: [JSON],
        reason: FinishReason? = nil,
        usage: TokenUsage? = nil,
        into bytes: inout [UInt8]
    ) {
        var object: JSONObject = [
            "candidates": [GeminiAnswers.candidate(parts: parts, index: choice, reason: reason)]
        ]
        object["usageMetadata"] = usage.map(GeminiAnswers.usage)
        object["modelVersion"] = .string(model.text)
        object["responseId"] = .string(identifier)
        append(.object(object), into: &bytes)
    }

    private mutating func append(_ part: JSON, into bytes: inout [UInt8]) {
        if writesEvents { return EventWriter.write(data: part.serialized(), into: &bytes) }
        bytes += (hasBegun ? ",\r\n" : "[").utf8
        hasBegun = true
        bytes += part.serialized()
    }
}
