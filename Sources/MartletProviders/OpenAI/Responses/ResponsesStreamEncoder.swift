import MartletCore

/// Writes OpenAI's events of a response, numbered from 0.
///
/// ```
/// response.created, response.in_progress
/// response.output_item.added, response.content_part.added, response.output_text.delta …,
/// response.output_text.done, response.content_part.done, response.output_item.done
/// response.output_item.added, response.function_call_arguments.delta …, ….done, response.output_item.done
/// response.output_item.added, response.reasoning_summary_part.added, response.reasoning_summary_text.delta …,
/// ….done, response.reasoning_summary_part.done, response.output_item.done
/// response.completed | response.incomplete | error, response.failed
/// ```
struct ResponsesStreamEncoder: ChatEncoder {
    /// The item that is being written, and what it holds so far.
    private enum Item {
        case none
        case text(String, isRefusal: Bool)
        case call(ToolCall)
        case reasoning(ReasoningTrace)
    }

    private let object: ResponsesObject
    private var assembler = ResponseAssembler()
    private var sequence = 0
    private var hasBegun = false
    private var open = Item.none
    /// How many items have been announced.
    private var items = 0
    /// Only the first answer has a place here.
    private var isFirstChoice = true

    init(_ request: ChatRequest) {
        object = ResponsesObject(request)
    }

    mutating func encode(_ event: ChatEvent, into bytes: inout [UInt8]) {
        begin(into: &bytes)
        assembler.add(event)
        if case .choice(let number) = event { isFirstChoice = number == 0 }
        guard isFirstChoice else { return }
        switch event {
        case .text(let piece): add(piece, isRefusal: false, into: &bytes)
        case .refusal(let piece): add(piece, isRefusal: true, into: &bytes)
        case .reasoning(let piece): add(thought: piece, into: &bytes)
        case .reasoningSignature(let signature):
            openReasoning(into: &bytes)
            if case .reasoning(var trace) = open {
                trace.signature = signature
                open = .reasoning(trace)
            }
            close(into: &bytes)
        case .redactedReasoning(let redacted):
            openReasoning(into: &bytes)
            open = .reasoning(ReasoningTrace(redacted: redacted))
            close(into: &bytes)
        case .toolCall(let call):
            close(into: &bytes)
            openCall(call, into: &bytes)
        case .arguments(let piece): add(arguments: piece, into: &bytes)
        case .media(let media):
            add("![](\(MediaSpelling.address(media)?.stringValue ?? ""))", isRefusal: false, into: &bytes)
        case .choice, .choiceFinished, .logProbabilities, .carried, .usage, .finished: break
        }
    }

    mutating func finish(usage: TokenUsage, into bytes: inout [UInt8]) {
        begin(into: &bytes)
        close(into: &bytes)
        if items == 0 {
            openText(isRefusal: false, into: &bytes)
            close(into: &bytes)
        }
        let response = object.complete(assembler.response(usage: usage))
        let name = response["status"] == "completed" ? "response.completed" : "response.incomplete"
        write(name, ["response": response], into: &bytes)
    }

    mutating func fail(_ error: GatewayError, request: RequestID, into bytes: inout [UInt8]) {
        begin(into: &bytes)
        let words = OpenAIErrors.words(for: error)
        write(
            "error",
            [
                "code": words.code.map { .string($0) } ?? .string(words.type),
                "message": .string(error.message),
                "param": error.parameter.map { .string($0) } ?? .null,
            ],
            into: &bytes
        )
        write("response.failed", ["response": object.failed(error)], into: &bytes)
    }

    private mutating func begin(into bytes: inout [UInt8]) {
        guard !hasBegun else { return }
        hasBegun = true
        let response = object.begun()
        write("response.created", ["response": response], into: &bytes)
        write("response.in_progress", ["response": response], into: &bytes)
    }

    private mutating func add(_ piece: String, isRefusal: Bool, into bytes: inout [UInt8]) {
        if case .text(_, isRefusal) = open {} else { openText(isRefusal: isRefusal, into: &bytes) }
        guard case .text(let text, _) = open else { return }
        open = .none  // leaves the text with one owner
        open = .text(text + piece, isRefusal: isRefusal)
        let name = isRefusal ? "response.refusal.delta" : "response.output_text.delta"
        var members: JSONObject = ["delta": .string(piece)]
        if !isRefusal { members["logprobs"] = [] }
        write(name, place(members, content: 0), into: &bytes)
    }

    private mutating func add(arguments piece: String, into bytes: inout [UInt8]) {
        guard case .call(var call) = open else { return }
        call.arguments += piece
        open = .call(call)
        write("response.function_call_arguments.delta", place(["delta": .string(piece)]), into: &bytes)
    }

    private mutating func add(thought piece: String, into bytes: inout [UInt8]) {
        openReasoning(into: &bytes)
        guard case .reasoning(var trace) = open else { return }
        if trace.text.isEmpty {
            let part: JSON = ["type": "summary_text", "text": ""]
            write("response.reasoning_summary_part.added", place(["part": part], summary: 0), into: &bytes)
        }
        trace.text += piece
        open = .reasoning(trace)
        write(
            "response.reasoning_summary_text.delta",
            place(["delta": .string(piece)], summary: 0),
            into: &bytes
        )
    }

    private mutating func openText(isRefusal: Bool, into bytes: inout [UInt8]) {
        close(into: &bytes)
        open = .text("", isRefusal: isRefusal)
        announce(object.message(nil, at: items, status: "in_progress"), into: &bytes)
        let part = ResponsesObject.part("", isRefusal: isRefusal)
        write("response.content_part.added", place(["part": part], content: 0), into: &bytes)
    }

    private mutating func openReasoning(into bytes: inout [UInt8]) {
        if case .reasoning = open { return }
        close(into: &bytes)
        open = .reasoning(ReasoningTrace())
        announce(object.reasoning(ReasoningTrace(), at: items), into: &bytes)
    }

    private mutating func openCall(_ call: ToolCall, into bytes: inout [UInt8]) {
        var announced = call
        announced.arguments = ""
        open = .call(announced)
        let item = ResponsesItems.item(announced, token: object.token(at: items), status: "in_progress")
        announce(item, into: &bytes)
        if !call.arguments.isEmpty { add(arguments: call.arguments, into: &bytes) }
    }

    private mutating func announce(_ item: JSON, into bytes: inout [UInt8]) {
        items += 1
        write("response.output_item.added", ["output_index": JSON(items - 1), "item": item], into: &bytes)
    }

    private mutating func close(into bytes: inout [UInt8]) {
        let item: JSON
        switch open {
        case .none: return
        case .text(let text, let isRefusal):
            let part = ResponsesObject.part(text, isRefusal: isRefusal)
            if isRefusal {
                write("response.refusal.done", place(["refusal": .string(text)], content: 0), into: &bytes)
            } else {
                let done: JSONObject = ["text": .string(text), "logprobs": []]
                write("response.output_text.done", place(done, content: 0), into: &bytes)
            }
            write("response.content_part.done", place(["part": part], content: 0), into: &bytes)
            let status = ResponsesObject.status(assembler.finishReason)
            item = object.message([part], at: items - 1, status: status)
        case .call(let call):
            let done: JSONObject = ["arguments": .string(call.arguments)]
            write("response.function_call_arguments.done", place(done), into: &bytes)
            item = ResponsesItems.item(call, token: object.token(at: items - 1))
        case .reasoning(let trace):
            if !trace.text.isEmpty {
                let text = JSON.string(trace.text)
                let part: JSON = ["type": "summary_text", "text": text]
                write("response.reasoning_summary_text.done", place(["text": text], summary: 0), into: &bytes)
                write("response.reasoning_summary_part.done", place(["part": part], summary: 0), into: &bytes)
            }
            item = object.reasoning(trace, at: items - 1)
        }
        let identifier = item
        open = .none
        write(
            "response.output_item.done",
            ["output_index": JSON(items - 1), "item": identifier],
            into: &bytes
        )
    }

    /// Where something stands: in the item that is open.
    private func place(_ members: JSONObject, content: Int? = nil, summary: Int? = nil) -> JSONObject {
        let kind =
            switch open {
            case .none, .text: "msg_"
            case .call: "fc_"
            case .reasoning: "rs_"
            }
        var place: JSONObject = [
            "item_id": .string(kind + object.token(at: items - 1)), "output_index": JSON(items - 1),
        ]
        place["content_index"] = content.map { JSON($0) }
        place["summary_index"] = summary.map { JSON($0) }
        for (key, value) in members { place[key] = value }
        return place
    }

    private mutating func write(_ type: String, _ members: JSONObject, into bytes: inout [UInt8]) {
        var event: JSONObject = ["type": .string(type), "sequence_number": JSON(sequence)]
        for (key, value) in members { event[key] = value }
        sequence += 1
        EventWriter.write(data: JSON.object(event).serialized(), name: type, into: &bytes)
    }
}
