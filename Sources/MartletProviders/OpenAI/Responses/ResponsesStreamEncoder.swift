import MartletCore

/// Writes OpenAI's events of a response, numbered from 0.
///
/// ```
/// response.created, response.in_progress
/// response.output_item.added, response.content_part.added, response.output_text.delta …,
/// response.output_text.done, response.content_part.done, response.output_item.done
/// response.output_item.added, response.function_call_arguments.delta, ….done, response.output_item.done
/// response.completed | response.incomplete | error, response.failed
/// ```
struct ResponsesStreamEncoder: ChatEncoder {
    private let object: ResponsesObject
    private var assembler = ResponseAssembler()
    private var sequence = 0
    private var hasBegun = false
    private var hasOpenText = false
    /// How many items have been announced.
    private var items = 0

    init(_ request: ChatRequest) {
        object = ResponsesObject(request)
    }

    mutating func encode(_ event: ChatEvent, into bytes: inout [UInt8]) {
        begin(into: &bytes)
        assembler.add(event)
        switch event {
        case .text(let piece):
            openText(into: &bytes)
            write(
                "response.output_text.delta",
                textPlace(["delta": .string(piece), "logprobs": []]),
                into: &bytes
            )
        case .toolCall(let call):
            closeText(into: &bytes)
            encode(call, into: &bytes)
        case .choice, .choiceFinished, .refusal, .reasoning, .reasoningSignature, .redactedReasoning,
            .arguments,
            .media, .logProbabilities, .carried, .usage, .finished:
            break
        }
    }

    mutating func finish(usage: TokenUsage, into bytes: inout [UInt8]) {
        begin(into: &bytes)
        if assembler.toolCalls.isEmpty { openText(into: &bytes) }
        closeText(into: &bytes)
        let response = object.complete(
            assembler.response(usage: usage)
        )
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

    private mutating func openText(into bytes: inout [UInt8]) {
        guard !hasOpenText, items == 0 else { return }
        hasOpenText = true
        let item = object.message(nil, status: "in_progress")
        write("response.output_item.added", ["output_index": 0, "item": item], into: &bytes)
        write("response.content_part.added", textPlace(["part": ResponsesObject.part("")]), into: &bytes)
        items = 1
    }

    private mutating func closeText(into bytes: inout [UInt8]) {
        guard hasOpenText else { return }
        hasOpenText = false
        let text = assembler.text
        write("response.output_text.done", textPlace(["text": .string(text), "logprobs": []]), into: &bytes)
        write("response.content_part.done", textPlace(["part": ResponsesObject.part(text)]), into: &bytes)
        let item = object.message(text, status: ResponsesObject.status(assembler.finishReason))
        write("response.output_item.done", ["output_index": 0, "item": item], into: &bytes)
    }

    private mutating func encode(_ call: ToolCall, into bytes: inout [UInt8]) {
        let index = JSON(items)
        let token = object.callToken(assembler.toolCalls.count - 1)
        items += 1
        let announced = ToolCall(id: call.id, name: call.name, arguments: "")
        write(
            "response.output_item.added",
            [
                "output_index": index,
                "item": ResponsesItems.item(announced, token: token, status: "in_progress"),
            ],
            into: &bytes
        )
        let place: JSONObject = ["item_id": .string("fc_" + token), "output_index": index]
        var delta = place
        delta["delta"] = .string(call.arguments)
        write("response.function_call_arguments.delta", delta, into: &bytes)
        var done = place
        done["arguments"] = .string(call.arguments)
        write("response.function_call_arguments.done", done, into: &bytes)
        let item = ResponsesItems.item(call, token: token)
        write("response.output_item.done", ["output_index": index, "item": item], into: &bytes)
    }

    private func textPlace(_ members: JSONObject) -> JSONObject {
        var place: JSONObject = ["item_id": .string(object.messageID), "output_index": 0, "content_index": 0]
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
