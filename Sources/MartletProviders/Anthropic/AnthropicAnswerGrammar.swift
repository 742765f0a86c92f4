import MartletCore

/// Reads Anthropic's events of a message, and whole messages.
///
/// ```
/// message_start ─► content_block_start ─► content_block_delta … ─► content_block_stop ─► … ─► message_delta ─► message_stop
///                                                                    error, at any time
/// ```
/// The usage comes in two parts: the input first, the output cumulative at the end.
struct AnthropicAnswerGrammar: AnswerGrammar {
    private var usage: JSONObject = [:]
    private var reason: FinishReason?
    private var hasEnded = false
    private var isInCall = false
    private var hasArguments = false

    mutating func take(_ event: ServerSentEvent, into events: inout [ChatEvent]) throws(UpstreamFailure) {
        // What follows the end changes nothing any more.
        guard !hasEnded, !event.data.isEmpty else { return }
        let json = try JSON.of(event)
        switch json["type"]?.stringValue ?? event.name {
        case "content_block_delta": takeDelta(json["delta"] ?? [:], into: &events)
        case "content_block_start": takeBlock(json["content_block"] ?? [:], into: &events)
        case "content_block_stop": endBlock(into: &events)
        case "message_start": add(json["message"]?["usage"])
        case "message_delta":
            add(json["usage"])
            reason = Self.reason(json["delta"] ?? [:]) ?? reason
        case "message_stop": close(into: &events)
        case "error": throw AnthropicFailures.failure(inAnswer: json)
        default: break
        }
    }

    mutating func end(into events: inout [ChatEvent]) throws(UpstreamFailure) {
        guard hasEnded else { throw UpstreamFailure(.connectionFailed, text: "The stream broke off.") }
    }

    mutating func take(whole answer: JSON, into events: inout [ChatEvent]) throws(UpstreamFailure) {
        guard answer["type"]?.stringValue != "error" else {
            throw AnthropicFailures.failure(inAnswer: answer)
        }
        guard let content = answer["content"]?.arrayValue else {
            throw UpstreamFailure(.serverFailed, text: "The answer holds no content.")
        }
        for block in content {
            takeBlock(block, into: &events)
            if let signature = block["signature"]?.stringValue { seal(signature, into: &events) }
            endBlock(into: &events)
        }
        add(answer["usage"])
        reason = Self.reason(answer)
        close(into: &events)
    }

    private mutating func takeBlock(_ block: JSON, into events: inout [ChatEvent]) {
        switch block["type"]?.stringValue {
        case "text":
            if let text = block["text"]?.stringValue, !text.isEmpty { events.append(.text(text)) }
        case "thinking":
            if let text = block["thinking"]?.stringValue, !text.isEmpty { events.append(.reasoning(text)) }
        case "redacted_thinking":
            events.append(.redactedReasoning(block["data"]?.stringValue ?? ""))
        case "tool_use":
            isInCall = true
            let input = block["input"]?.objectValue ?? [:]
            hasArguments = !input.isEmpty
            let text = input.isEmpty ? "" : String(decoding: JSON.object(input).serialized(), as: UTF8.self)
            let id = block["id"]?.stringValue ?? "toolu_" + RandomText.alphanumeric(24)
            events.append(
                .toolCall(ToolCall(id: id, name: block["name"]?.stringValue ?? "", arguments: text))
            )
        default: break
        }
    }

    private mutating func takeDelta(_ delta: JSON, into events: inout [ChatEvent]) {
        switch delta["type"]?.stringValue {
        case "text_delta":
            if let text = delta["text"]?.stringValue, !text.isEmpty { events.append(.text(text)) }
        case "input_json_delta":
            guard isInCall, let text = delta["partial_json"]?.stringValue, !text.isEmpty else { return }
            hasArguments = true
            events.append(.arguments(text))
        case "thinking_delta":
            if let text = delta["thinking"]?.stringValue, !text.isEmpty { events.append(.reasoning(text)) }
        case "signature_delta":
            if let text = delta["signature"]?.stringValue { seal(text, into: &events) }
        default: break
        }
    }

    private func seal(_ signature: String, into events: inout [ChatEvent]) {
        guard !signature.isEmpty else { return }
        events.append(.reasoningSignature(ReasoningSignature(maker: .anthropic, text: signature)))
    }

    private mutating func endBlock(into events: inout [ChatEvent]) {
        // A tool without arguments streams none.
        if isInCall, !hasArguments { events.append(.arguments("{}")) }
        (isInCall, hasArguments) = (false, false)
    }

    private mutating func add(_ part: JSON?) {
        for (key, value) in part?.objectValue ?? [:] where !value.isNull { usage[key] = value }
    }

    private mutating func close(into events: inout [ChatEvent]) {
        hasEnded = true
        if !usage.isEmpty { events.append(.usage(Self.read(.object(usage)))) }
        events.append(.finished(reason ?? .stop))
    }

    /// Anthropic counts what came from a cache and went there beside the input.
    static func read(_ usage: JSON) -> TokenUsage {
        let cached = usage.tokens("cache_read_input_tokens")
        let written = usage.tokens("cache_creation_input_tokens")
        let hour = usage["cache_creation"]?.tokens("ephemeral_1h_input_tokens") ?? 0
        var read = TokenUsage(
            input: usage.tokens("input_tokens") + cached + written,
            output: usage.tokens("output_tokens")
        )
        read.cachedInput = cached
        read.hourCacheWrite = min(hour, written)
        read.cacheWrite = written - read.hourCacheWrite
        read.reasoning = usage["output_tokens_details"]?.tokens("reasoning_tokens") ?? 0
        return read
    }

    private static func reason(_ delta: JSON) -> FinishReason? {
        switch delta["stop_reason"]?.stringValue {
        case nil: nil
        case "max_tokens", "model_context_window_exceeded": .length
        case "tool_use": .toolCalls
        case "refusal": .refusal
        case "pause_turn": .pause
        case "stop_sequence": delta["stop_sequence"]?.stringValue.map { .stopText($0) } ?? .stop
        default: .stop
        }
    }
}
