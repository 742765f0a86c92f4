import MartletCore

/// Writes a simulated answer as Anthropic's message.
struct AnthropicAnswerWriting {
    private let request: VendorRequest
    private let script: VendorScript

    init(_ request: VendorRequest) {
        self.request = request
        script = VendorScript(request)
    }

    var whole: JSON {
        var message = opening
        message["content"] = .array(blocks.map(\.whole))
        message["stop_reason"] = stopReason
        message["stop_sequence"] = stopText
        var usage = inputUsage
        usage["output_tokens"] = JSON(script.output + script.thoughts)
        message["usage"] = .object(usage)
        return .object(message)
    }

    func stream(_ stream: VendorStream) throws {
        try stream.begin()
        func send(_ type: String, _ members: JSONObject) throws {
            var event: JSONObject = ["type": .string(type)]
            for (key, value) in members { event[key] = value }
            try stream.stream.event(type, .object(event))
        }
        if request.scenario == .overloaded || request.scenario == .errorFirst {
            return try stream.stream.event(
                "error",
                AnthropicSimulation.error("overloaded_error", "Overloaded")
            )
        }
        var message = opening
        var usage = inputUsage
        usage["output_tokens"] = 1
        message["usage"] = .object(usage)
        try send("message_start", ["message": .object(message)])
        try send("ping", [:])
        var number = 0
        for (index, block) in blocks.enumerated() {
            try send("content_block_start", ["index": JSON(index), "content_block": block.start])
            for delta in block.deltas {
                guard try stream.goesOn(before: number) else { return }
                number += 1
                try send("content_block_delta", ["index": JSON(index), "delta": delta])
                if number == 2, request.scenario == .errorLate {
                    return try stream.stream.event(
                        "error",
                        AnthropicSimulation.error("api_error", "It broke.")
                    )
                }
            }
            try send("content_block_stop", ["index": JSON(index)])
        }
        let delta: JSON = ["stop_reason": stopReason, "stop_sequence": stopText]
        var end: JSONObject = ["output_tokens": JSON(script.output + script.thoughts)]
        if request.scenario == .splitUsage {
            try send("message_delta", ["delta": ["stop_reason": nil], "usage": ["output_tokens": 3]])
            for (key, value) in inputUsage { end[key] = value }
        }
        try send("message_delta", ["delta": delta, "usage": .object(end)])
        try send("message_stop", [:])
    }

    /// A block of content, whole and in pieces.
    private struct Block {
        var whole: JSON
        var start: JSON
        var deltas: [JSON]
    }

    private var blocks: [Block] {
        var blocks: [Block] = []
        var texts: [String] = []
        func flush() {
            guard !texts.isEmpty else { return }
            blocks.append(
                Block(
                    whole: ["type": "text", "text": .string(texts.joined())],
                    start: ["type": "text", "text": ""],
                    deltas: texts.map { ["type": "text_delta", "text": .string($0)] }
                )
            )
            texts = []
        }
        for step in script.steps {
            if case .text(let piece) = step {
                texts.append(piece)
                continue
            }
            if case .refusal(let words) = step {
                texts.append(words)
                continue
            }
            flush()
            switch step {
            case .thought(let pieces, let seal):
                blocks.append(
                    Block(
                        whole: [
                            "type": "thinking", "thinking": .string(pieces.joined()),
                            "signature": .string(seal),
                        ],
                        start: ["type": "thinking", "thinking": "", "signature": ""],
                        deltas: pieces.map { ["type": "thinking_delta", "thinking": .string($0)] }
                            + [["type": "signature_delta", "signature": .string(seal)]]
                    )
                )
            case .hiddenThought(let hidden):
                let block: JSON = ["type": "redacted_thinking", "data": .string(hidden)]
                blocks.append(Block(whole: block, start: block, deltas: []))
            case .call(let id, let name, let arguments):
                let input = (try? JSON.parse(arguments.isEmpty ? "{}" : arguments.joined())) ?? [:]
                let identifier = JSON.string("toolu_" + id.dropFirst(5))
                blocks.append(
                    Block(
                        whole: ["type": "tool_use", "id": identifier, "name": .string(name), "input": input],
                        start: ["type": "tool_use", "id": identifier, "name": .string(name), "input": [:]],
                        deltas: arguments.map { ["type": "input_json_delta", "partial_json": .string($0)] }
                    )
                )
            case .text, .refusal, .picture: break
            }
        }
        flush()
        return blocks
    }

    private var opening: JSONObject {
        [
            "id": "msg_simulated", "type": "message", "role": "assistant", "model": .string(request.model),
            "content": [], "stop_reason": nil, "stop_sequence": nil,
        ]
    }

    private var inputUsage: JSONObject {
        let written = script.cacheWrite + script.hourCacheWrite
        return [
            "input_tokens": JSON(script.input - script.cached - written),
            "cache_read_input_tokens": JSON(script.cached), "cache_creation_input_tokens": JSON(written),
            "cache_creation": [
                "ephemeral_5m_input_tokens": JSON(script.cacheWrite),
                "ephemeral_1h_input_tokens": JSON(script.hourCacheWrite),
            ],
        ]
    }

    private var stopReason: JSON {
        switch script.end {
        case .stop: "end_turn"
        case .stopText: "stop_sequence"
        case .length: "max_tokens"
        case .calls: "tool_use"
        case .filtered, .refused: "refusal"
        case .pause: "pause_turn"
        }
    }

    private var stopText: JSON {
        if case .stopText(let text) = script.end { .string(text) } else { nil }
    }
}
