import MartletCore

@testable import MartletProviders

/// Makes up conversations and answers, the same in every run (SplitMix64).
struct RandomChat {
    private var state: UInt64

    init(seed: Int) {
        state = UInt64(seed) &* 0x9E37_79B9_7F4A_7C15
    }

    mutating func number(_ range: Range<Int>) -> Int {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return range.lowerBound + Int((mixed ^ (mixed >> 31)) % UInt64(range.count))
    }

    mutating func isTrue() -> Bool { number(0..<2) == 0 }

    mutating func text() -> String {
        let words = [
            "a", "Hello", "\"quoted\"", "line\nfeed", "👋🏽", "家族", "back\\slash", "\u{7f}", "</s>", "é",
            "data: x", "tab\there",
        ]
        return (0...number(0..<4)).map { _ in words[number(0..<words.count)] }.joined(separator: " ")
    }

    mutating func arguments() -> String {
        let value = JSON.string(text())
        let object: JSON = ["city": value, "list": [JSON(number(0..<9)), nil]]
        return String(decoding: (isTrue() ? object : [:]).serialized(), as: UTF8.self)
    }

    /// An answer's events: thoughts, texts and calls in pieces, what it took, why it ended.
    mutating func events(sealedBy maker: Dialect) -> [ChatEvent] {
        var events: [ChatEvent] = []
        if isTrue() {
            for _ in 0...number(0..<3) { events.append(.reasoning(text())) }
            events.append(.reasoningSignature(ReasoningSignature(maker: maker, text: "c2VhbA==")))
        }
        for _ in 0..<number(0..<4) { events.append(.text(text())) }
        let calls = number(0..<3)
        for index in 0..<calls {
            let arguments = arguments()
            let cut = arguments.index(arguments.startIndex, offsetBy: number(0..<arguments.count))
            events.append(.toolCall(ToolCall(id: "toolu_\(index)", name: "tool\(index)", arguments: "")))
            let pieces = [String(arguments[..<cut]), String(arguments[cut...])].filter { !$0.isEmpty }
            events += pieces.map { .arguments($0) }
        }
        var usage = TokenUsage(input: TokenCount(number(100..<200)), output: TokenCount(number(10..<50)))
        usage.cachedInput = TokenCount(number(0..<50))
        events.append(.usage(usage))
        events.append(.finished(calls > 0 ? .toolCalls : [.stop, .length][number(0..<2)]))
        return events
    }

    /// A conversation with calls and their results.
    mutating func messages(sealedBy maker: Dialect) -> [Message] {
        var messages = [Message(role: .system, parts: [.text(text())])]
        for turn in 0...number(0..<3) {
            messages.append(Message(role: .user, parts: [.text(text())]))
            var parts: [Part] = []
            if isTrue() {
                let seal = ReasoningSignature(maker: maker, text: "c2VhbA==")
                parts.append(.reasoning(ReasoningTrace(text: text(), signature: seal)))
            }
            parts.append(.text(text()))
            let calls = (0..<number(0..<3)).map { index in
                ToolCall(id: "toolu_\(turn)_\(index)", name: "tool\(index)", arguments: arguments())
            }
            messages.append(Message(role: .assistant, parts: parts + calls.map { .toolCall($0) }))
            for call in calls {
                let result = ToolResult(callID: call.id, text: "it is " + text())
                messages.append(Message(role: .tool, parts: [.toolResult(result)]))
            }
        }
        if messages.last?.role == .assistant { messages.append(Message(role: .user, parts: [.text(text())])) }
        return messages
    }

    /// A whole request.
    mutating func request(sealedBy maker: Dialect) -> ChatRequest {
        var request = ChatRequest(model: "claude-sonnet-4-5", messages: messages(sealedBy: maker))
        request.maximumTokens = number(1..<5_000)
        request.isStreaming = isTrue()
        if isTrue() { request.sampling.temperature = Double(number(0..<5)) / 4 }
        if isTrue() { request.sampling.stop = ["END", "STOP"] }
        request.tools = (0..<3).map { index in
            Tool(
                name: "tool\(index)",
                summary: text(),
                parameters: [
                    "type": "object",
                    "properties": ["city": ["type": "string", "description": .string(text())]],
                ]
            )
        }
        request.toolChoice = [.automatic, .required, .named("tool1"), .never][number(0..<4)]
        return request
    }
}
