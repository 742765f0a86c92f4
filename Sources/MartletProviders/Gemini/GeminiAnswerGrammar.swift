import MartletCore

/// Reads partial and whole answers of Gemini, which have one shape: `candidates`, `usageMetadata`, `promptFeedback`.
///
/// Texts are pieces, calls come whole, the usage is cumulative. Google says no word at the end.
struct GeminiAnswerGrammar: AnswerGrammar {
    private var current = 0
    private var hasCalls: Set<Int> = []
    private var ends: [Int: FinishReason] = [:]
    private var lastEnd = 0
    private var usage: TokenUsage?
    private var isWhole = false

    mutating func take(_ event: ServerSentEvent, into events: inout [ChatEvent]) throws(UpstreamFailure) {
        guard !event.data.isEmpty, !event.data.elementsEqual("[DONE]".utf8) else { return }
        try take(part: try JSON.of(event), into: &events)
    }

    mutating func end(into events: inout [ChatEvent]) throws(UpstreamFailure) {
        guard !ends.isEmpty else { throw UpstreamFailure(.connectionFailed, text: "The stream broke off.") }
        if let usage { events.append(.usage(usage)) }
        let last = lastEnd
        for (number, reason) in ends.sorted(by: { $0.key < $1.key }) where number != last {
            move(to: number, into: &events)
            events.append(.choiceFinished(reason))
        }
        move(to: last, into: &events)
        events.append(.finished(ends[last] ?? .stop))
    }

    /// A stream without `alt=sse` is one list of partial answers.
    mutating func take(whole answer: JSON, into events: inout [ChatEvent]) throws(UpstreamFailure) {
        for part in answer.arrayValue ?? [answer] { try take(part: part, into: &events) }
        try end(into: &events)
    }

    private mutating func take(part: JSON, into events: inout [ChatEvent]) throws(UpstreamFailure) {
        if part["error"] != nil { throw GeminiFailures.failure(inAnswer: part) }
        if let metadata = part["usageMetadata"] { usage = Self.read(metadata) }
        let candidates = part["candidates"]?.arrayValue ?? []
        if candidates.isEmpty, let reason = part["promptFeedback"]?["blockReason"]?.stringValue {
            throw UpstreamFailure(
                .requestRefused,
                status: 400,
                code: "content_filter",
                text: UpstreamText.safe("The prompt was blocked: \(reason).")
            )
        }
        for candidate in candidates { take(candidate, into: &events) }
    }

    private mutating func take(_ candidate: JSON, into events: inout [ChatEvent]) {
        let number = candidate["index"]?.intValue ?? 0
        let parts = candidate["content"]?["parts"]?.arrayValue ?? []
        if !parts.isEmpty { move(to: number, into: &events) }
        for part in parts { take(contentPart: part, of: number, into: &events) }
        var carried: JSONObject = [:]
        for (key, name) in Self.carried { carried[name] = candidate[key] }
        if let tokens = Self.probabilities(in: candidate), !tokens.isEmpty {
            events.append(.logProbabilities(tokens))
        }
        if let word = candidate["finishReason"]?.stringValue, word != "FINISH_REASON_UNSPECIFIED" {
            let (reason, isOdd) = Self.reason(word)
            if isOdd { carried["finish_reason"] = .string(word) }
            ends[number] = reason == .stop && hasCalls.contains(number) ? .toolCalls : reason
            lastEnd = number
        }
        guard !carried.isEmpty else { return }
        move(to: number, into: &events)
        events.append(.carried(["google": .object(carried)]))
    }

    private mutating func move(to number: Int, into events: inout [ChatEvent]) {
        guard number != current else { return }
        current = number
        events.append(.choice(number))
    }

    private mutating func take(contentPart part: JSON, of number: Int, into events: inout [ChatEvent]) {
        let signature = part["thoughtSignature"]?.stringValue.map {
            ReasoningSignature(maker: .gemini, text: $0)
        }
        if let call = part["functionCall"] {
            hasCalls.insert(number)
            let given = call["id"]?.stringValue ?? ""
            let arguments = (call["args"] ?? [:]).serialized()
            events.append(
                .toolCall(
                    ToolCall(
                        id: given.isEmpty ? "call_" + RandomText.alphanumeric(24) : given,
                        name: call["name"]?.stringValue ?? "",
                        arguments: String(decoding: arguments, as: UTF8.self),
                        signature: signature
                    )
                )
            )
            return
        }
        if let text = part["text"]?.stringValue, !text.isEmpty {
            events.append(part["thought"] == true ? .reasoning(text) : .text(text))
        } else if let file = part["inlineData"], let bytes = file["data"]?.textValue {
            let type = file["mimeType"]?.stringValue ?? "image/png"
            let kind: Media.Kind =
                type.hasPrefix("image/") ? .image : type.hasPrefix("audio/") ? .audio : .file
            var media = Media(kind: kind, source: .base64(Base64Text(bytes)), path: "")
            media.claimedType = type
            events.append(.media(media))
        } else if let code = part["executableCode"]?["code"]?.stringValue {
            events.append(.text("```\n\(code)\n```\n"))
        } else if let output = part["codeExecutionResult"]?["output"]?.stringValue {
            events.append(.text("```\n\(output)\n```\n"))
        }
        if let signature { events.append(.reasoningSignature(signature)) }
    }

    private static let carried = [
        ("groundingMetadata", "grounding_metadata"), ("citationMetadata", "citation_metadata"),
        ("urlContextMetadata", "url_context_metadata"), ("safetyRatings", "safety_ratings"),
    ]

    private static func reason(_ word: String) -> (reason: FinishReason, isOdd: Bool) {
        switch word {
        case "STOP": (.stop, false)
        case "MAX_TOKENS": (.length, false)
        case "SAFETY", "RECITATION", "BLOCKLIST", "PROHIBITED_CONTENT", "SPII", "IMAGE_SAFETY", "LANGUAGE":
            (.contentFilter, true)
        default: (.stop, true)
        }
    }

    private static func probabilities(in candidate: JSON) -> [JSON]? {
        guard let result = candidate["logprobsResult"], let chosen = result["chosenCandidates"]?.arrayValue
        else {
            return nil
        }
        let top = result["topCandidates"]?.arrayValue ?? []
        func entry(_ token: JSON) -> JSONObject {
            let text = token["token"]?.stringValue ?? ""
            return [
                "token": .string(text), "logprob": token["logProbability"] ?? 0,
                "bytes": .array(text.utf8.map { JSON(Int($0)) }),
            ]
        }
        return chosen.enumerated().map { index, token in
            var object = entry(token)
            let others = top.indices.contains(index) ? top[index]["candidates"]?.arrayValue ?? [] : []
            object["top_logprobs"] = .array(others.map { .object(entry($0)) })
            return .object(object)
        }
    }

    static func read(_ metadata: JSON) -> TokenUsage {
        let thoughts = metadata.tokens("thoughtsTokenCount")
        var usage = TokenUsage(
            input: metadata.tokens("promptTokenCount") + metadata.tokens("toolUsePromptTokenCount"),
            output: metadata.tokens("candidatesTokenCount") + thoughts
        )
        usage.reasoning = thoughts
        usage.cachedInput = metadata.tokens("cachedContentTokenCount")
        usage.audioInput = modality("AUDIO", in: metadata["promptTokensDetails"])
        usage.audioOutput = modality("AUDIO", in: metadata["candidatesTokensDetails"])
        usage.imageOutput = modality("IMAGE", in: metadata["candidatesTokensDetails"])
        return usage
    }

    private static func modality(_ name: String, in details: JSON?) -> TokenCount {
        (details?.arrayValue ?? []).filter { $0["modality"]?.stringValue == name }
            .reduce(0) { $0 + $1.tokens("tokenCount") }
    }
}
