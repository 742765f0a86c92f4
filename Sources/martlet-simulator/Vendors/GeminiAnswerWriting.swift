import MartletCore

/// Writes a simulated answer as Gemini's.
struct GeminiAnswerWriting {
    private let request: VendorRequest
    private let script: VendorScript

    init(_ request: VendorRequest) {
        self.request = request
        script = VendorScript(request)
    }

    var whole: JSON {
        if isBlocked { return ["promptFeedback": ["blockReason": "SAFETY"], "usageMetadata": usage] }
        return answer(parts: script.steps.flatMap(parts), isLast: true)
    }

    /// All partial answers.
    var parts: [JSON] {
        let steps = script.steps.flatMap(parts)
        return steps.map { answer(parts: [$0], isLast: false) } + [answer(parts: [], isLast: true)]
    }

    func stream(_ stream: VendorStream) throws {
        try stream.begin()
        if request.scenario == .overloaded || request.scenario == .errorFirst {
            return try stream.stream.event(nil, GeminiSimulation.error(503, "UNAVAILABLE", "Overloaded"))
        }
        if isBlocked { return try stream.stream.event(nil, whole) }
        for (number, part) in parts.enumerated() {
            guard try stream.goesOn(before: number) else { return }
            try stream.stream.event(nil, part)
            if number == 1, request.scenario == .errorLate {
                return try stream.stream.event(nil, GeminiSimulation.error(500, "INTERNAL", "It broke."))
            }
        }
    }

    private var isBlocked: Bool { request.scenario == .refuse }

    private func parts(_ step: VendorStep) -> [JSON] {
        switch step {
        case .text(let text): return [["text": .string(text)]]
        case .refusal(let text): return [["text": .string(text)]]
        case .thought(let pieces, _): return pieces.map { ["text": .string($0), "thought": true] }
        case .hiddenThought: return []
        case .picture: return [["inlineData": ["mimeType": "image/png", "data": "iVBORw0KGgo="]]]
        case .call(let id, let name, let arguments):
            let input = (try? JSON.parse(arguments.isEmpty ? "{}" : arguments.joined())) ?? [:]
            var part: JSONObject = [
                "functionCall": ["id": .string(id), "name": .string(name), "args": input]
            ]
            if request.model.contains("gemini-3") {
                part["thoughtSignature"] = .string("c2VhbC1mb3It" + id.dropFirst(5) + "00")
            }
            return [.object(part)]
        }
    }

    private func answer(parts: [JSON], isLast: Bool) -> JSON {
        let candidates = (0..<request.choices).map { index -> JSON in
            var candidate: JSONObject = [
                "content": ["parts": .array(parts), "role": "model"], "index": JSON(index),
            ]
            if isLast {
                candidate["finishReason"] = .string(reason)
                if request.scenario == .think {
                    candidate["groundingMetadata"] = ["webSearchQueries": ["weather"]]
                }
            }
            return .object(candidate)
        }
        var object: JSONObject = [
            "candidates": .array(candidates), "modelVersion": .string(request.model),
            "responseId": "simulated",
        ]
        if request.scenario != .noUsage { object["usageMetadata"] = usage }
        return .object(object)
    }

    private var reason: String {
        switch script.end {
        case .stop, .stopText, .calls, .pause: "STOP"
        case .length: "MAX_TOKENS"
        case .filtered, .refused: "SAFETY"
        }
    }

    private var usage: JSON {
        [
            "promptTokenCount": JSON(script.input), "candidatesTokenCount": JSON(script.output),
            "thoughtsTokenCount": JSON(script.thoughts), "cachedContentTokenCount": JSON(script.cached),
            "totalTokenCount": JSON(script.input + script.output + script.thoughts),
        ]
    }
}
