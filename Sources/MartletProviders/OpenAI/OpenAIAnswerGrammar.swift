import MartletCore

/// Reads `chat.completion.chunk` events and whole `chat.completion` objects, of OpenAI and of those who speak alike.
///
/// The usage may stand anywhere: in an event of its own, in the last one, below `x_groq`. Several answers come mixed;
/// the calls of one answer come one behind the other.
struct OpenAIAnswerGrammar: AnswerGrammar {
    /// Where an answer has got to.
    private struct Choice {
        var calls = 0
        var lastIndex = -1
    }

    private var choices: [Int: Choice] = [:]
    private var current = 0
    private var end: (choice: Int, reason: FinishReason)?
    private var hasEnded = false
    private var hasContent = false

    mutating func take(_ event: ServerSentEvent, into events: inout [ChatEvent]) throws(UpstreamFailure) {
        // What follows the end changes nothing any more.
        guard !hasEnded, !event.data.isEmpty else { return }
        if event.data.elementsEqual("[DONE]".utf8) { return try close(into: &events) }
        let chunk = try JSON.of(event)
        if let error = chunk["error"], !error.isNull { throw OpenAIFailures.failure(inAnswer: chunk) }
        if let list = chunk["choices"]?.arrayValue {
            for choice in list { try take(choice, into: &events) }
        }
        takeUsage(in: chunk, into: &events)
    }

    mutating func end(into events: inout [ChatEvent]) throws(UpstreamFailure) {
        guard !hasEnded else { return }
        guard end != nil else {
            throw UpstreamFailure(.connectionFailed, text: "The stream broke off.")
        }
        try close(into: &events)
    }

    mutating func take(whole answer: JSON, into events: inout [ChatEvent]) throws(UpstreamFailure) {
        if let error = answer["error"], !error.isNull { throw OpenAIFailures.failure(inAnswer: answer) }
        guard let list = answer["choices"]?.arrayValue, !list.isEmpty else {
            throw UpstreamFailure(.serverFailed, text: "The answer holds no choice.")
        }
        for choice in list { try take(choice, into: &events) }
        takeUsage(in: answer, into: &events)
        try close(into: &events)
    }

    private mutating func close(into events: inout [ChatEvent]) throws(UpstreamFailure) {
        guard end != nil || hasContent else {
            throw UpstreamFailure(.serverFailed, text: "The stream ended without an answer.")
        }
        hasEnded = true
        let last = end ?? (current, .stop)
        move(to: last.choice, into: &events)
        events.append(.finished(last.reason))
    }

    private mutating func takeUsage(in answer: JSON, into events: inout [ChatEvent]) {
        let reported =
            answer["usage"].flatMap(OpenAIUsage.read)
            ?? answer["x_groq"]?["usage"].flatMap(OpenAIUsage.read)
            ?? answer["choices"]?.arrayValue?.last?["usage"].flatMap(OpenAIUsage.read)
        if let reported { events.append(.usage(reported)) }
    }

    private mutating func take(_ choice: JSON, into events: inout [ChatEvent]) throws(UpstreamFailure) {
        let number = choice["index"]?.intValue ?? 0
        if let message = choice["delta"] ?? choice["message"] {
            let before = events.count
            let isElsewhere = number != current
            if isElsewhere { move(to: number, into: &events) }
            try take(message: message, of: number, isWhole: choice["delta"] == nil, into: &events)
            if events.count > before + (isElsewhere ? 1 : 0) { hasContent = true }
        } else if let text = choice["text"]?.stringValue, !text.isEmpty {
            move(to: number, into: &events)
            hasContent = true
            events.append(.text(text))
        }
        if let tokens = choice["logprobs"]?["content"]?.arrayValue, !tokens.isEmpty {
            events.append(.logProbabilities(tokens))
        }
        guard let word = choice["finish_reason"]?.stringValue else { return }
        if let earlier = end, earlier.choice != number {
            move(to: earlier.choice, into: &events)
            events.append(.choiceFinished(earlier.reason))
        }
        end = (number, Self.reason(word))
    }

    private mutating func move(to number: Int, into events: inout [ChatEvent]) {
        guard number != current else { return }
        current = number
        events.append(.choice(number))
    }

    private mutating func take(
        message: JSON,
        of number: Int,
        isWhole: Bool,
        into events: inout [ChatEvent]
    ) throws(UpstreamFailure) {
        takeReasoning(in: message, of: number, isWhole: isWhole, into: &events)
        if let text = message["content"]?.stringValue {
            if !text.isEmpty { events.append(.text(text)) }
        } else if let parts = message["content"]?.arrayValue {
            for part in parts { take(part: part, into: &events) }
        }
        if let text = message["refusal"]?.stringValue, !text.isEmpty { events.append(.refusal(text)) }
        if let audio = message["audio"], !audio.isNull { take(audio: audio, into: &events) }
        for image in message["images"]?.arrayValue ?? [] {
            if let media = Self.media(at: image["image_url"]?["url"]) { events.append(.media(media)) }
        }
        if let extra = message["extra_content"]?.objectValue { events.append(.carried(extra)) }
        for (place, call) in (message["tool_calls"]?.arrayValue ?? []).enumerated() {
            try take(call: call, at: place, of: number, isWhole: isWhole, into: &events)
        }
    }

    private mutating func takeReasoning(
        in message: JSON,
        of number: Int,
        isWhole: Bool,
        into events: inout [ChatEvent]
    ) {
        for trace in OpenAIExtras.traces(in: message) {
            if let redacted = trace.redacted {
                events.append(.redactedReasoning(redacted))
                continue
            }
            if !trace.text.isEmpty { events.append(.reasoning(trace.text)) }
            if let signature = trace.signature { events.append(.reasoningSignature(signature)) }
        }
    }

    private func take(part: JSON, into events: inout [ChatEvent]) {
        switch part["type"]?.stringValue {
        case "text", "output_text":
            if let text = part["text"]?.stringValue, !text.isEmpty { events.append(.text(text)) }
        case "thinking":
            // Mistral's: a list of texts.
            let pieces = part["thinking"]?.arrayValue?.compactMap { $0["text"]?.stringValue } ?? []
            if !pieces.isEmpty { events.append(.reasoning(pieces.joined())) }
        case "refusal":
            if let text = part["refusal"]?.stringValue { events.append(.refusal(text)) }
        case "image_url":
            if let media = Self.media(at: part["image_url"]?["url"]) { events.append(.media(media)) }
        default: break
        }
    }

    private func take(audio: JSON, into events: inout [ChatEvent]) {
        if let words = audio["transcript"]?.stringValue, !words.isEmpty { events.append(.text(words)) }
        guard let text = audio["data"]?.textValue, text.sourceCount > 0 else { return }
        events.append(.media(Media(kind: .audio, source: .base64(Base64Text(text)), path: "")))
    }

    private static func media(at address: JSON?) -> Media? {
        guard let text = address?.textValue else { return nil }
        if let uri = try? DataURI(text) {
            var media = Media(kind: .image, source: .base64(uri.content), path: "")
            media.claimedType = uri.type
            return media
        }
        return Media(kind: .image, source: .url(text.string), path: "")
    }

    private mutating func take(
        call: JSON,
        at place: Int,
        of number: Int,
        isWhole: Bool,
        into events: inout [ChatEvent]
    ) throws(UpstreamFailure) {
        var choice = choices[number] ?? Choice()
        defer { choices[number] = choice }
        let function = call["function"] ?? call["custom"] ?? [:]
        let arguments = (function["arguments"] ?? function["input"]).map(Self.text) ?? ""
        let name = function["name"]?.stringValue ?? ""
        let identifier = call["id"]?.stringValue ?? ""
        let startsAnew = isWhole || !name.isEmpty && (!identifier.isEmpty || choice.calls == 0)
        let index =
            call["index"]?.intValue ?? (startsAnew && place >= choice.calls ? choice.calls : choice.lastIndex)
        if index != choice.lastIndex || choice.calls == 0 || isWhole {
            guard index > choice.lastIndex || choice.calls == 0 || isWhole else {
                throw UpstreamFailure(.serverFailed, text: "The stream mixes the calls of several tools.")
            }
            choice.calls += 1
            choice.lastIndex = index
            let id = identifier.isEmpty ? "call_" + RandomText.alphanumeric(24) : identifier
            events.append(
                .toolCall(
                    ToolCall(
                        id: id,
                        name: name,
                        arguments: arguments,
                        signature: OpenAIExtras.signature(in: call)
                    )
                )
            )
        } else if !arguments.isEmpty {
            events.append(.arguments(arguments))
        }
    }

    /// Some servers send the arguments as an object.
    private static func text(_ arguments: JSON) -> String {
        if let text = arguments.stringValue { return text }
        return arguments.isNull ? "" : String(decoding: arguments.serialized(), as: UTF8.self)
    }

    private static func reason(_ word: String) -> FinishReason {
        switch word {
        case "length", "max_tokens", "model_length": .length
        case "tool_calls", "function_call": .toolCalls
        case "content_filter": .contentFilter
        default: .stop
        }
    }
}
