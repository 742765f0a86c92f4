import MartletCore

/// Reads an answer of 1min.ai whose form is only known once it comes: events, JSON, or bare text.
///
/// ```
/// undecided ──► events      text/event-stream, or the first line looks like one
///           ──► record      application/json
///           ──► bareText    everything else
/// ```
struct OneMinAnswerDecoder: ChatDecoder {
    private enum Form {
        /// Holds the bytes up to the end of the first line that is not empty.
        case undecided([UInt8])
        case events(OneMinStreamDecoder)
        case record([UInt8])
        case bareText(BareTextDecoder)
    }

    /// A whole answer longer than this is not read on: 64 MiB.
    private static let longestRecord = 64 << 20
    private var form: Form

    init(contentType: String?) {
        let isUsual = contentType == "application/json"
        let type = isUsual ? "" : contentType?.lowercased() ?? ""
        form =
            if type.hasPrefix("text/event-stream") {
                .events(OneMinStreamDecoder())
            } else if isUsual || type.hasPrefix("application/json") {
                .record([])
            } else {
                .undecided([])
            }
    }

    mutating func decode(_ bytes: [UInt8], into events: inout [ChatEvent]) throws(UpstreamFailure) {
        switch form {
        case .events(var decoder):
            form = .record([])  // leaves the decoder with one owner, so that it changes in place
            defer { form = .events(decoder) }
            try decoder.decode(bytes, into: &events)
        case .record(var held):
            form = .record([])
            held += bytes
            form = .record(held)
            guard held.count <= Self.longestRecord else {
                throw UpstreamFailure(.serverFailed, text: "The answer is too long.")
            }
        case .bareText(var decoder):
            decoder.decode(bytes, into: &events)
            form = .bareText(decoder)
        case .undecided(let held):
            try decide(held + bytes, isEnd: false, into: &events)
        }
    }

    mutating func finish(into events: inout [ChatEvent]) throws(UpstreamFailure) {
        if case .undecided(let held) = form { try decide(held, isEnd: true, into: &events) }
        switch form {
        case .events(var decoder):
            try decoder.finish(into: &events)
        case .record(let bytes):
            try finish(record: bytes, into: &events)
        case .bareText(var decoder):
            guard !decoder.isEmpty else { throw UpstreamFailure(.serverFailed, text: "The answer is empty.") }
            decoder.finish(into: &events)
            events.append(.finished(.stop))
        case .undecided:
            throw UpstreamFailure(.serverFailed, text: "The answer is empty.")
        }
    }

    /// Looks at the first line that is not empty, once it is there.
    private mutating func decide(
        _ held: [UInt8],
        isEnd: Bool,
        into events: inout [ChatEvent]
    ) throws(UpstreamFailure) {
        let start = held.firstIndex { $0 != 0x0a && $0 != 0x0d } ?? held.endIndex
        let line = held[start...].prefix { $0 != 0x0a && $0 != 0x0d }
        // The longest of the words that begin an event is six bytes.
        guard line.count >= 6 || line.endIndex < held.endIndex || isEnd, !line.isEmpty else {
            form = .undecided(held)
            return
        }
        let looksLikeEvents = ["event:", "data:", ":"].contains { line.starts(with: $0.utf8) }
        form = looksLikeEvents ? .events(OneMinStreamDecoder()) : .bareText(BareTextDecoder())
        try decode(held, into: &events)
    }

    private func finish(record bytes: [UInt8], into events: inout [ChatEvent]) throws(UpstreamFailure) {
        guard let answer = try? JSON.parse(bytes), answer.objectValue != nil else {
            throw UpstreamFailure(.serverFailed, text: "The answer cannot be read.")
        }
        let record = OneMinRecord(in: answer)
        if let failure = record.failure { throw failure }
        guard let text = record.text else {
            throw UpstreamFailure(.serverFailed, text: "The answer holds no text.")
        }
        events.reserveCapacity(3)
        events.append(.text(text))
        if let usage = record.usage { events.append(.usage(usage)) }
        events.append(.finished(.stop))
    }
}
