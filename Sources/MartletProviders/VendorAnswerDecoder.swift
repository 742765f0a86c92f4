import MartletCore

/// What the events of a vendor's stream mean, and what its whole answers mean.
///
/// Belongs to one answer.
protocol AnswerGrammar {
    /// Takes an event of a stream.
    mutating func take(_ event: ServerSentEvent, into events: inout [ChatEvent]) throws(UpstreamFailure)

    /// Takes the end of a stream.
    mutating func end(into events: inout [ChatEvent]) throws(UpstreamFailure)

    /// Takes a whole answer.
    mutating func take(whole answer: JSON, into events: inout [ChatEvent]) throws(UpstreamFailure)
}

/// Reads an answer that is a stream of events or one JSON value, as its content type says or, without one, its first
/// character.
struct VendorAnswerDecoder<Grammar: AnswerGrammar>: ChatDecoder {
    private enum Form {
        case undecided
        case stream
        case whole
    }

    /// A whole answer longer than this is not read on: 64 MiB.
    private static var longestAnswer: Int { 64 << 20 }
    private var grammar: Grammar
    /// Pictures and whole calls come as one event.
    private var parser = EventParser(
        limits: EventLimits(maximumLineBytes: 32 << 20, maximumEventBytes: 32 << 20)
    )
    private var form = Form.undecided
    private var held: [UInt8] = []

    init(_ grammar: Grammar, contentType: String?) {
        self.grammar = grammar
        switch contentType {
        case "text/event-stream", "text/event-stream; charset=utf-8": form = .stream
        case "application/json": form = .whole
        default:
            let type = contentType?.lowercased() ?? ""
            if type.hasPrefix("text/event-stream") { form = .stream }
            if type.hasPrefix("application/json") { form = .whole }
        }
    }

    mutating func decode(_ bytes: [UInt8], into events: inout [ChatEvent]) throws(UpstreamFailure) {
        if form == .undecided {
            guard let first = bytes.first(where: { $0 > 0x20 }) else { return }
            form = first == UInt8(ascii: "{") || first == UInt8(ascii: "[") ? .whole : .stream
        }
        guard form == .stream else {
            held += bytes
            guard held.count <= Self.longestAnswer else {
                throw UpstreamFailure(.serverFailed, text: "The answer is too long.")
            }
            return
        }
        var received: [ServerSentEvent] = []
        do {
            try parser.feed(bytes) { received.append($0) }
        } catch {
            throw UpstreamFailure(.serverFailed, text: "The stream holds an event that is too long.")
        }
        for event in received { try grammar.take(event, into: &events) }
    }

    mutating func finish(into events: inout [ChatEvent]) throws(UpstreamFailure) {
        guard form == .whole else {
            var received: [ServerSentEvent] = []
            do {
                try parser.finish { received.append($0) }
            } catch {
                throw UpstreamFailure(.serverFailed, text: "The stream holds an event that is too long.")
            }
            for event in received { try grammar.take(event, into: &events) }
            return try grammar.end(into: &events)
        }
        var limits = JSONLimits.default
        limits.keptLength = 65_536
        guard let answer = try? JSON.parse(held, limits: limits) else {
            throw UpstreamFailure(.serverFailed, text: "The answer is not JSON.")
        }
        held = []
        try grammar.take(whole: answer, into: &events)
    }
}

extension JSON {
    /// The value of an event's data.
    ///
    /// - Throws: `UpstreamFailure` for what is no JSON.
    static func of(_ event: ServerSentEvent) throws(UpstreamFailure) -> JSON {
        var limits = JSONLimits.default
        limits.keptLength = 65_536
        guard let json = try? JSON.parse(event.data, limits: limits) else {
            throw UpstreamFailure(.serverFailed, text: "The stream holds an event that is not JSON.")
        }
        return json
    }

    /// A number of tokens that a vendor reports; 0 for none, and for what cannot be true and must not be added up.
    func tokens(_ key: String) -> TokenCount {
        guard let count = self[key]?.intValue, (0...1_000_000_000).contains(count) else { return 0 }
        return TokenCount(count)
    }
}
