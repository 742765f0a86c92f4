import MartletCore

/// Writes a simulated answer as Responses: texts and calls.
struct ResponsesAnswerWriting {
    private let request: VendorRequest
    private let script: VendorScript

    init(_ request: VendorRequest) {
        self.request = request
        script = VendorScript(request)
    }

    var whole: JSON { response("completed", output: items) }

    func stream(_ stream: VendorStream) throws {
        try stream.begin()
        var sequence = 0
        func send(_ type: String, _ members: JSONObject) throws {
            var event: JSONObject = ["type": .string(type), "sequence_number": JSON(sequence)]
            for (key, value) in members { event[key] = value }
            sequence += 1
            try stream.stream.event(type, .object(event))
        }
        try send("response.created", ["response": response("in_progress", output: [])])
        var text = ""
        for (index, item) in items.enumerated() {
            let isText = item["type"] == "message"
            try send("response.output_item.added", ["output_index": JSON(index), "item": item])
            if isText {
                let place: JSONObject = ["item_id": "msg_1", "output_index": JSON(index), "content_index": 0]
                for (number, step) in script.steps.enumerated() {
                    guard case .text(let piece) = step else { continue }
                    guard try stream.goesOn(before: number) else { return }
                    text += piece
                    var delta = place
                    delta["delta"] = .string(piece)
                    delta["logprobs"] = []
                    try send("response.output_text.delta", delta)
                }
            }
            try send("response.output_item.done", ["output_index": JSON(index), "item": item])
        }
        try send("response.completed", ["response": whole])
    }

    private var items: [JSON] {
        var items: [JSON] = []
        let text = script.steps.reduce(into: "") { text, step in
            if case .text(let piece) = step { text += piece }
        }
        if !text.isEmpty {
            let part: JSON = [
                "type": "output_text", "text": .string(text), "annotations": [], "logprobs": [],
            ]
            items.append([
                "id": "msg_1", "type": "message", "status": "completed", "role": "assistant",
                "content": [part],
            ])
        }
        for case .call(let id, let name, let arguments) in script.steps {
            items.append([
                "id": .string("fc_" + id), "type": "function_call", "status": "completed",
                "call_id": .string(id),
                "name": .string(name), "arguments": .string(arguments.isEmpty ? "{}" : arguments.joined()),
            ])
        }
        return items
    }

    private func response(_ status: String, output: [JSON]) -> JSON {
        [
            "id": "resp_simulated", "object": "response", "created_at": 1_700_000_000,
            "status": .string(status),
            "error": nil, "incomplete_details": nil, "instructions": nil, "metadata": [:],
            "model": .string(request.model), "output": .array(output), "parallel_tool_calls": true,
            "temperature": 1, "tool_choice": "auto", "tools": [], "top_p": 1,
            "usage": status == "completed"
                ? [
                    "input_tokens": JSON(script.input),
                    "input_tokens_details": ["cached_tokens": JSON(script.cached)],
                    "output_tokens": JSON(script.output), "output_tokens_details": ["reasoning_tokens": 0],
                    "total_tokens": JSON(script.input + script.output),
                ] : nil,
        ]
    }
}
