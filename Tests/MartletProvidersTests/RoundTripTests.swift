import MartletCore
import Testing

@testable import MartletProviders

/// What is written in a dialect means the same when it is read in it.
@Suite("Round trips through dialects")
struct RoundTripTests {
    private static let now: @Sendable () -> Int = { 1_700_000_000 }

    @Test(arguments: 0..<200)
    func `events written for OpenAI's clients are read as the same answer`(seed: Int) throws {
        var random = RandomChat(seed: seed)
        let events = random.events(sealedBy: .anthropic)
        let bytes = Self.written(events, in: OpenAISurface(now: Self.now))
        let read = try Self.read(
            bytes,
            by: VendorAnswerDecoder(OpenAIAnswerGrammar(), contentType: "text/event-stream")
        )
        #expect(Self.folded(read) == Self.folded(events))
    }

    @Test(arguments: 0..<200)
    func `events written for Anthropic's clients are read as the same answer`(seed: Int) throws {
        var random = RandomChat(seed: seed)
        let events = random.events(sealedBy: .anthropic)
        let bytes = Self.written(events, in: AnthropicSurface())
        let read = try Self.read(
            bytes,
            by: VendorAnswerDecoder(AnthropicAnswerGrammar(), contentType: "text/event-stream")
        )
        #expect(Self.folded(read) == Self.folded(events))
    }

    @Test(arguments: 0..<200)
    func `events written for Gemini's clients are read as the same answer`(seed: Int) throws {
        var random = RandomChat(seed: seed)
        let events = random.events(sealedBy: .gemini)
        for writesEvents in [true, false] {
            let surface = GeminiSurface(model: "m", isStreaming: true, writesEvents: writesEvents)
            let bytes = Self.written(events, in: surface)
            let type = writesEvents ? "text/event-stream" : "application/json"
            let read = try Self.read(bytes, by: VendorAnswerDecoder(GeminiAnswerGrammar(), contentType: type))
            #expect(Self.folded(read) == Self.folded(events), "\(type)")
        }
    }

    @Test(arguments: 0..<200)
    func `whole answers mean the same as streamed ones`(seed: Int) throws {
        var random = RandomChat(seed: seed)
        let events = random.events(sealedBy: .anthropic)
        var assembler = ResponseAssembler()
        for event in events { assembler.add(event) }
        let response = assembler.response(usage: assembler.usage ?? TokenUsage(input: 0, output: 0))
        let request = ChatRequest(model: "m", messages: [])
        let openAI = try Self.read(
            OpenAISurface(now: Self.now).encode(response, to: request),
            by: VendorAnswerDecoder(OpenAIAnswerGrammar(), contentType: "application/json")
        )
        #expect(Self.folded(openAI).parts.count == response.first.parts.count)
        #expect(Self.folded(openAI).toolCalls == response.toolCalls)
        #expect(Self.folded(openAI).text == response.text)
        let anthropic = try Self.read(
            AnthropicSurface().encode(response, to: request),
            by: VendorAnswerDecoder(AnthropicAnswerGrammar(), contentType: "application/json")
        )
        let expected = response.choices.isEmpty ? ChatChoice() : response.first
        #expect(Self.folded(anthropic).parts == expected.parts)
    }

    @Test(arguments: 0..<200)
    func `a request written for OpenAI is read as the same request`(seed: Int) throws {
        var random = RandomChat(seed: seed)
        let request = random.request(sealedBy: .anthropic)
        var quirks = OpenAIQuirks.none
        quirks.takesReasoning = true
        let body = try OpenAIRequestWriting(quirks: quirks, model: request.model).body(of: request)
        let read = try OpenAISurface(now: Self.now).decode(JSON.parse(body.serialized()))
        #expect(read.messages == request.messages)
        Self.expectSameWishes(read, request)
    }

    @Test(arguments: 0..<200)
    func `a request written for Anthropic is read as the same request`(seed: Int) throws {
        var random = RandomChat(seed: seed)
        let request = random.request(sealedBy: .anthropic)
        let writing = AnthropicRequestWriting(
            model: request.model,
            rules: AnthropicModelRules(request.model),
            outputLimit: nil
        )
        let read = try AnthropicSurface().decode(JSON.parse(writing.body(of: request).serialized()))
        #expect(Self.joined(read.messages) == Self.joined(request.messages))
        var clamped = request
        clamped.sampling.temperature = request.sampling.temperature.map { min($0, 1) }
        Self.expectSameWishes(read, clamped)
    }

    @Test(arguments: 0..<200)
    func `a request written for Gemini is read as the same request`(seed: Int) throws {
        var random = RandomChat(seed: seed)
        let request = random.request(sealedBy: .gemini)
        let body = try GeminiRequestWriting(model: request.model).body(of: request)
        let surface = GeminiSurface(model: request.model, isStreaming: request.isStreaming)
        let read = try surface.decode(JSON.parse(body.serialized()))
        #expect(Self.joined(read.messages) == Self.joined(request.messages))
        Self.expectSameWishes(read, request)
    }

    @Test
    func `a seal of one vendor never reaches another`() throws {
        var random = RandomChat(seed: 7)
        var foreign = random.request(sealedBy: .gemini)
        foreign.messages[1] = Message(
            role: .assistant,
            parts: [
                .reasoning(
                    ReasoningTrace(text: "x", signature: ReasoningSignature(maker: .gemini, text: "U0VBTA=="))
                ),
                .text("y"),
            ]
        )
        let writing = AnthropicRequestWriting(
            model: "claude-sonnet-4-5",
            rules: AnthropicModelRules("claude-sonnet-4-5"),
            outputLimit: nil
        )
        let sent = String(decoding: try writing.body(of: foreign).serialized(), as: UTF8.self)
        #expect(!sent.contains("thinking") && !sent.contains("U0VBTA"))
        let spelled = ReasoningSignature(maker: .gemini, text: "U0VBTA==").spelled(in: .anthropic)
        #expect(
            ReasoningSignature(spelled: spelled, in: .anthropic)
                == ReasoningSignature(maker: .gemini, text: "U0VBTA==")
        )
        #expect(ReasoningSignature(spelled: "U0VBTA==", in: .anthropic).maker == .anthropic)
    }

    private static func written(_ events: [ChatEvent], in surface: any Surface) -> [UInt8] {
        var request = ChatRequest(model: "m", messages: [])
        request.includesUsage = true
        var encoder = surface.streamEncoder(for: request)
        var bytes: [UInt8] = []
        var usage = TokenUsage(input: 0, output: 0)
        for event in events {
            if case .usage(let reported) = event { usage = reported }
            encoder.encode(event, into: &bytes)
        }
        encoder.finish(usage: usage, into: &bytes)
        return bytes
    }

    private static func read(_ bytes: [UInt8], by decoder: any ChatDecoder) throws -> [ChatEvent] {
        var decoder = decoder
        var events: [ChatEvent] = []
        try decoder.decode(bytes, into: &events)
        try decoder.finish(into: &events)
        return events
    }

    /// The answer, with calls of nothing spelled alike.
    private static func folded(_ events: [ChatEvent]) -> ChatChoice {
        var assembler = ResponseAssembler()
        for event in events { assembler.add(event) }
        var choice = assembler.response(usage: TokenUsage(input: 0, output: 0)).first
        choice.parts = choice.parts.compactMap { part in
            switch part {
            case .text(let text) where text.isEmpty: return nil
            case .toolCall(var call):
                call.arguments = call.arguments.isEmpty ? "{}" : call.arguments
                return .toolCall(call)
            default: return part
            }
        }
        return choice
    }

    /// Messages as dialects with turns have them: neighbours of one speaker together.
    private static func joined(_ messages: [Message]) -> [Message] {
        messages.reduce(into: []) { joined, message in
            let role: ChatRole = message.role == .tool ? .user : message.role
            if let last = joined.last, last.role == role {
                joined[joined.count - 1].parts += message.parts
            } else {
                joined.append(Message(role: role, parts: message.parts))
            }
        }
    }

    private static func expectSameWishes(_ read: ChatRequest, _ request: ChatRequest) {
        #expect(read.tools == request.tools)
        #expect(read.toolChoice == request.toolChoice)
        #expect(read.maximumTokens == request.maximumTokens)
        #expect(read.sampling == request.sampling)
        #expect(read.isStreaming == request.isStreaming)
    }
}
