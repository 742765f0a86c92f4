import MartletCore

/// Writes a simulated answer as Chat Completions.
struct OpenAIAnswerWriting {
    private let request: VendorRequest
    private let script: VendorScript
    private let vendor: String
    private let includesUsage: Bool

    init(_ request: VendorRequest, body: JSON, vendor: String) {
        self.request = request
        self.vendor = vendor
        script = VendorScript(request)
        includesUsage = body["stream_options"]?["include_usage"] == true
    }

    var whole: JSON {
        let choices = (0..<request.choices).map { index -> JSON in
            [
                "index": JSON(index), "message": message, "logprobs": nil, "finish_reason": .string(reason),
            ]
        }
        var object = frame("chat.completion", choices: choices)
        if request.scenario != .noUsage { object["usage"] = usage }
        return .object(object)
    }

    func stream(_ stream: VendorStream) throws {
        try stream.begin()
        let out = stream.stream
        if request.scenario == .overloaded || request.scenario == .errorFirst {
            return try out.event(
                nil,
                OpenAISimulation.error("Overloaded", type: "server_error", code: "server_is_overloaded")
            )
        }
        if vendor == "azure" {
            var filter = frame("chat.completion.chunk", choices: [])
            filter["prompt_filter_results"] = [["prompt_index": 0]]
            try out.event(nil, .object(filter))
        }
        for index in 0..<request.choices {
            try out.event(nil, chunk(["role": "assistant", "content": "", "refusal": nil], index: index))
        }
        var number = 0
        for delta in deltas {
            guard try stream.goesOn(before: number) else { return }
            for index in 0..<request.choices { try out.event(nil, chunk(delta, index: index)) }
            number += 1
            if number == 2, request.scenario == .errorLate {
                return try out.event(nil, OpenAISimulation.error("It broke.", type: "server_error"))
            }
        }
        for index in 0..<request.choices {
            try out.event(nil, chunk([:], index: index, reason: .string(reason)))
        }
        if request.scenario == .splitUsage {
            var odd = frame("chat.completion.chunk", choices: [])
            odd["x_groq"] = ["usage": usage]
            try out.event(nil, .object(odd))
        }
        if includesUsage, request.scenario != .noUsage {
            var last = frame("chat.completion.chunk", choices: [])
            last["usage"] = usage
            try out.event(nil, .object(last))
        }
        if request.scenario != .doneWord { try out.data(nil, "[DONE]") }
    }

    private var message: JSON {
        var message: JSONObject = ["role": "assistant", "content": nil, "refusal": nil]
        var text = ""
        var calls: [JSON] = []
        for step in script.steps {
            switch step {
            case .text(let piece): text += piece
            case .thought(let pieces, _): message["reasoning_content"] = .string(pieces.joined())
            case .refusal(let words): message["refusal"] = .string(words)
            case .call(let id, let name, let arguments):
                calls.append(Self.call(id, name, arguments.isEmpty ? "{}" : arguments.joined()))
            case .hiddenThought, .picture: break
            }
        }
        if !text.isEmpty { message["content"] = .string(text) }
        if !calls.isEmpty { message["tool_calls"] = .array(calls) }
        return .object(message)
    }

    private var deltas: [JSONObject] {
        var deltas: [JSONObject] = []
        var calls = 0
        for step in script.steps {
            switch step {
            case .text(let piece): deltas.append(["content": .string(piece)])
            case .thought(let pieces, _): deltas += pieces.map { ["reasoning_content": .string($0)] }
            case .refusal(let words): deltas.append(["refusal": .string(words)])
            case .call(let id, let name, let arguments):
                var call = Self.call(id, name, "").objectValue ?? [:]
                call["index"] = JSON(calls)
                deltas.append(["tool_calls": [.object(call)]])
                for piece in arguments.isEmpty ? ["{}"] : arguments {
                    deltas.append([
                        "tool_calls": [["index": JSON(calls), "function": ["arguments": .string(piece)]]]
                    ])
                }
                calls += 1
            case .hiddenThought, .picture: break
            }
        }
        return deltas
    }

    private static func call(_ id: String, _ name: String, _ arguments: String) -> JSON {
        [
            "id": .string(id), "type": "function",
            "function": ["name": .string(name), "arguments": .string(arguments)],
        ]
    }

    private var reason: String {
        switch script.end {
        case .stop, .stopText, .pause, .refused: "stop"
        case .length: "length"
        case .calls: "tool_calls"
        case .filtered: "content_filter"
        }
    }

    private var usage: JSON {
        let output = script.output + script.thoughts
        return [
            "prompt_tokens": JSON(script.input), "completion_tokens": JSON(output),
            "total_tokens": JSON(script.input + output),
            "prompt_tokens_details": ["cached_tokens": JSON(script.cached), "audio_tokens": 0],
            "completion_tokens_details": ["reasoning_tokens": JSON(script.thoughts), "audio_tokens": 0],
        ]
    }

    private func frame(_ kind: String, choices: [JSON]) -> JSONObject {
        [
            "id": "chatcmpl-simulated", "object": .string(kind), "created": 1_700_000_000,
            "model": .string(request.model), "system_fingerprint": "fp_1", "choices": .array(choices),
        ]
    }

    private func chunk(_ delta: JSONObject, index: Int, reason: JSON = nil) -> JSON {
        let choice: JSON = [
            "index": JSON(index), "delta": .object(delta), "logprobs": nil, "finish_reason": reason,
        ]
        return .object(frame("chat.completion.chunk", choices: [choice]))
    }
}
