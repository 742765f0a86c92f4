import HTTPTypes
import MartletCore
import MartletProviders

/// What is fuzzed.
public enum Subject {
    case json
    case members
    case events
    case answers(Int)
    case requests

    /// The one that a byte chooses.
    public init(_ byte: UInt8) {
        switch byte % 8 {
        case 0, 1: self = .json
        case 2: self = .members
        case 3, 4: self = .events
        case 5, 6: self = .answers(Int(byte >> 3) % 3)
        default: self = .requests
        }
    }

    /// Feeds it, and stops the program where a result contradicts itself.
    public func take(_ bytes: [UInt8]) {
        switch self {
        case .json: Self.parse(bytes)
        case .members: Self.edit(bytes)
        case .events: Self.split(bytes)
        case .answers(let vendor): Self.decode(bytes, vendor: vendor)
        case .requests: Self.read(bytes)
        }
    }

    /// What was parsed is written as something that means the same.
    private static func parse(_ bytes: [UInt8]) {
        guard let value = try? JSON.parse(bytes) else { return }
        precondition((try? JSON.parse(value.serialized())) == value, "a round trip changes the value")
    }

    /// An object with a member set means the same but for that member, and the outline of a long body agrees.
    private static func edit(_ bytes: [UInt8]) {
        let edited = JSONMembers(of: bytes).setting(["model": "m"])
        guard case .object(var object)? = try? JSON.parse(bytes) else { return }
        object["model"] = "m"
        guard case .object(let read)? = try? JSON.parse(edited) else {
            preconditionFailure("the edit broke the object")
        }
        precondition(read == object, "the edit changed another member")
        var outline = JSONOutline(keeping: ["model"])
        for byte in bytes { outline.feed([byte]) }
        precondition(outline.isComplete, "the outline does not see the end")
        let pieces = outline.setting(["model": "m"], in: bytes.count).flatMap { range, fresh in
            range.map { Array(bytes[$0]) } ?? fresh
        }
        precondition(pieces == edited, "the outline edits otherwise")
    }

    /// A stream means the same in one piece and byte by byte.
    private static func split(_ bytes: [UInt8]) {
        var (whole, single) = ([ServerSentEvent](), [ServerSentEvent]())
        var first = EventParser(), second = EventParser()
        do {
            try first.feed(bytes) { whole.append($0) }
            try first.finish { whole.append($0) }
            for byte in bytes { try second.feed([byte]) { single.append($0) } }
            try second.finish { single.append($0) }
        } catch {
            return
        }
        precondition(whole == single, "the cuts of a stream change its events")
    }

    /// A vendor's answer may be anything.
    private static func decode(_ bytes: [UInt8], vendor: Int) {
        let adapters: [any ProviderAdapter] = [OpenAIAdapter(), AnthropicAdapter(), GeminiAdapter()]
        for type in ["text/event-stream", "application/json"] {
            var decoder = adapters[vendor].decoder(
                for: ChatRequest(model: "m", messages: []),
                contentType: type
            )
            var events: [ChatEvent] = []
            do {
                try decoder.decode(bytes, into: &events)
                try decoder.finish(into: &events)
                precondition(
                    events.last.map { if case .finished = $0 { true } else { false } } == true,
                    "no end"
                )
            } catch {
                continue
            }
        }
        _ = adapters[vendor].failure(status: 500, fields: [:], body: bytes)
    }

    /// A client's request may be anything; what is understood can be written for every vendor or is refused.
    private static func read(_ bytes: [UInt8]) {
        guard let body = try? JSON.parse(bytes) else { return }
        let surfaces: [any Surface] = [
            OpenAISurface(now: { 0 }), AnthropicSurface(), GeminiSurface(model: "m", isStreaming: false),
            ResponsesSurface(now: { 0 }), CompletionsSurface(now: { 0 }),
        ]
        let adapters: [any ProviderAdapter] = [
            OpenAIAdapter(), AnthropicAdapter(), GeminiAdapter(), AzureAdapter(),
        ]
        let endpoint = Endpoint(origin: "https://v.test/v1", key: Secret("k"))
        for surface in surfaces {
            guard let request = try? surface.decode(body) else { continue }
            for adapter in adapters { _ = try? adapter.upstreamRequest(for: request, at: endpoint) }
        }
    }
}
