import MartletCore

/// Reads 1min.ai's event stream: `content`, then one `result`, then `done`; `error` at any time, under status 200.
///
/// ```
/// event: content   data: {"content":"Hel"}
/// event: result    data: {"aiRecord":{…}}
/// event: done      data: {"message":"Stream completed"}
/// event: error     data: {"error":"Insufficient credits"}
/// ```
///
/// Some models repeat the whole text in a last `content` event. A piece that equals all the text before it is
/// therefore held back until the next event tells whether it was an end or a stutter ("ha", "ha").
struct OneMinStreamDecoder: ChatDecoder {
    private var parser = EventParser()
    private var text = TextFingerprint()
    /// A piece that equals everything before it.
    private var held: String?
    private var hasEnded = false

    mutating func decode(_ bytes: [UInt8], into events: inout [ChatEvent]) throws(UpstreamFailure) {
        var received: [ServerSentEvent] = []
        do {
            try parser.feed(bytes) { received.append($0) }
        } catch {
            throw UpstreamFailure(.serverFailed, text: "The stream holds an event that is too long.")
        }
        for event in received { try take(event, into: &events) }
    }

    mutating func finish(into events: inout [ChatEvent]) throws(UpstreamFailure) {
        var received: [ServerSentEvent] = []
        do {
            try parser.finish { received.append($0) }
        } catch {
            throw UpstreamFailure(.serverFailed, text: "The stream holds an event that is too long.")
        }
        for event in received { try take(event, into: &events) }
        // Without `result` or `done` a stream that brought text may be complete or cut: nobody can tell.
        if !hasEnded { try endWithText(into: &events) }
    }

    private mutating func take(_ event: ServerSentEvent, into events: inout [ChatEvent])
        throws(UpstreamFailure)
    {
        // `done` follows `result`, and what follows the end changes nothing any more.
        guard !hasEnded else { return }
        if event.data.elementsEqual("[DONE]".utf8) {
            try endWithText(into: &events)
            return
        }
        switch event.name {
        case "error": throw OneMinErrors.failure(ofEvent: event.data)
        case "result": try takeResult(event.data, into: &events)
        case "done": try endWithText(into: &events)
        case "content", "message", nil: try takeContent(event.data, into: &events)
        default: break
        }
    }

    private mutating func takeContent(_ data: [UInt8], into events: inout [ChatEvent]) throws(UpstreamFailure)
    {
        guard let json = try? JSON.parse(data), json.objectValue != nil else {
            add(String(decoding: data, as: UTF8.self), into: &events)
            return
        }
        if let piece = json["content"]?.stringValue ?? json["delta"]?["content"]?.stringValue {
            add(piece, into: &events)
        } else if json["aiRecord"] != nil {
            try takeResult(data, into: &events)
        } else if json["error"] != nil {
            throw OneMinErrors.failure(ofEvent: data)
        }
    }

    private mutating func add(_ piece: String, into events: inout [ChatEvent]) {
        releaseHeld(into: &events)
        guard !piece.isEmpty else { return }
        if text.matches(piece) {
            held = piece
        } else {
            emit(piece, into: &events)
        }
    }

    private mutating func takeResult(_ data: [UInt8], into events: inout [ChatEvent]) throws(UpstreamFailure)
    {
        guard let answer = try? JSON.parse(data), answer.objectValue != nil else { return }
        let record = OneMinRecord(in: answer)
        if let failure = record.failure { throw failure }
        if let whole = record.text, !whole.isEmpty {
            if text.isEmpty {
                emit(whole, into: &events)
            } else if let held, whole.utf8.count >= text.count + held.utf8.count {
                // The record's own text is long enough to hold the piece twice: it was a stutter.
                releaseHeld(into: &events)
            }
        }
        if let usage = record.usage { events.append(.usage(usage)) }
        try endWithText(into: &events)
    }

    private mutating func releaseHeld(into events: inout [ChatEvent]) {
        guard let piece = held else { return }
        held = nil
        emit(piece, into: &events)
    }

    private mutating func emit(_ piece: String, into events: inout [ChatEvent]) {
        text.add(piece)
        events.append(.text(piece))
    }

    /// Ends the answer, which must have brought some text.
    private mutating func endWithText(into events: inout [ChatEvent]) throws(UpstreamFailure) {
        guard !text.isEmpty else {
            throw UpstreamFailure(.serverFailed, text: "The stream ended without an answer.")
        }
        held = nil
        hasEnded = true
        events.append(.finished(.stop))
    }
}
