import MartletCore

/// Reads along with an answer of Responses: text for counting, the usage, and how it ended.
struct ResponsesAnswerGrammar: AnswerGrammar {
    private var hasEnded = false

    mutating func take(_ event: ServerSentEvent, into events: inout [ChatEvent]) throws(UpstreamFailure) {
        guard !hasEnded, !event.data.isEmpty, !event.data.elementsEqual("[DONE]".utf8) else { return }
        let json = try JSON.of(event)
        let type = json["type"]?.stringValue ?? event.name ?? ""
        switch type {
        case "response.output_text.delta": add(json["delta"], as: ChatEvent.text, to: &events)
        case "response.refusal.delta": add(json["delta"], as: ChatEvent.refusal, to: &events)
        case "response.reasoning_summary_text.delta", "response.reasoning_text.delta":
            add(json["delta"], as: ChatEvent.reasoning, to: &events)
        case "response.function_call_arguments.delta", "response.custom_tool_call_input.delta":
            add(json["delta"], as: ChatEvent.arguments, to: &events)
        case "response.output_item.added":
            let item = json["item"] ?? [:]
            guard let call = item["call_id"]?.stringValue else { break }
            let name = item["name"]?.stringValue ?? ""
            events.append(.toolCall(ToolCall(id: call, name: name, arguments: "")))
        case "response.completed", "response.incomplete":
            close(json["response"] ?? [:], into: &events)
        case "response.failed": throw OpenAIFailures.failure(inAnswer: json["response"] ?? [:])
        case "error": throw OpenAIFailures.failure(inAnswer: json["error"] == nil ? ["error": json] : json)
        default: break
        }
    }

    mutating func end(into events: inout [ChatEvent]) throws(UpstreamFailure) {
        guard hasEnded else { throw UpstreamFailure(.connectionFailed, text: "The stream broke off.") }
    }

    mutating func take(whole answer: JSON, into events: inout [ChatEvent]) throws(UpstreamFailure) {
        if answer["status"]?.stringValue == "failed" { throw OpenAIFailures.failure(inAnswer: answer) }
        for item in answer["output"]?.arrayValue ?? [] {
            for part in item["content"]?.arrayValue ?? [] {
                add(part["text"], as: ChatEvent.text, to: &events)
            }
            guard let call = item["call_id"]?.stringValue else { continue }
            let arguments = item["arguments"]?.stringValue ?? ""
            events.append(
                .toolCall(ToolCall(id: call, name: item["name"]?.stringValue ?? "", arguments: arguments))
            )
        }
        close(answer, into: &events)
    }

    private func add(_ text: JSON?, as event: (String) -> ChatEvent, to events: inout [ChatEvent]) {
        if let piece = text?.stringValue, !piece.isEmpty { events.append(event(piece)) }
    }

    private mutating func close(_ response: JSON, into events: inout [ChatEvent]) {
        hasEnded = true
        if let usage = response["usage"].flatMap(OpenAIUsage.read) { events.append(.usage(usage)) }
        switch response["incomplete_details"]?["reason"]?.stringValue {
        case "max_output_tokens"?: events.append(.finished(.length))
        case "content_filter"?: events.append(.finished(.contentFilter))
        default: events.append(.finished(.stop))
        }
    }
}
