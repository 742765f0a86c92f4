import MartletCore
import MartletProviders
import MartletUpstream

/// Takes an answer apart that is passed on, event by event, so that nothing goes out that must not: not the error of a
/// vendor behind good events, and not a usage that the client has not asked for.
///
/// The gateway asks every vendor for a usage, to know what an answer took; OpenAI sends it in an event of its own, with
/// an empty list of choices.
struct PassedStream {
    /// What goes out of a piece, what it means, and why nothing may follow; nil where all is well.
    struct Passage {
        var bytes: [UInt8] = []
        var events: [ChatEvent] = []
        var failure: UpstreamFailure?
    }

    private var reading: AnswerReading
    private let isSplit: Bool
    private let hidesUsage: Bool
    /// Bytes of an event whose end has not come.
    private var held: [UInt8] = []

    /// - Parameters:
    ///   - reading: understands the answer.
    ///   - isSplit: whether it is a stream of events.
    ///   - hidesUsage: whether the client has not asked for a usage.
    init(_ reading: AnswerReading, isSplit: Bool, hidesUsage: Bool) {
        self.reading = reading
        self.isSplit = isSplit
        self.hidesUsage = hidesUsage
    }

    /// Takes the next piece of the vendor's answer.
    mutating func take(_ piece: UpstreamPiece) -> Passage {
        guard isSplit, case .body(let bytes) = piece, reading.isGood else {
            return read(piece, into: Passage())
        }
        var passage = Passage()
        if held.isEmpty, Self.endOfEvent(in: bytes, from: 0) == bytes.count {
            // Nearly always one event comes at a time.
            return read(piece, into: passage)
        }
        held += bytes
        var begin = 0
        while passage.failure == nil, let end = Self.endOfEvent(in: held, from: begin) {
            passage = read(.body(Array(held[begin..<end])), into: passage)
            begin = end
        }
        held.removeFirst(begin)
        return passage
    }

    /// Takes the end of the vendor's answer.
    mutating func finish() -> Passage {
        var passage = Passage()
        if !held.isEmpty {
            passage = read(.body(held), into: passage)
            held = []
        }
        guard passage.failure == nil else { return passage }
        do throws(UpstreamFailure) {
            try reading.finish(into: &passage.events)
        } catch {
            passage.failure = error
        }
        return passage
    }

    private mutating func read(_ piece: UpstreamPiece, into earlier: Passage) -> Passage {
        var passage = earlier
        do throws(UpstreamFailure) {
            guard let bytes = try reading.take(piece, into: &passage.events) else { return passage }
            if hidesUsage, Self.isUsage(bytes) { return passage }
            if passage.bytes.isEmpty { passage.bytes = bytes } else { passage.bytes += bytes }
        } catch {
            passage.failure = error
        }
        return passage
    }

    /// Behind the blank line that ends an event; nil when it has not come.
    private static func endOfEvent(in bytes: [UInt8], from begin: Int) -> Int? {
        var lineIsEmpty = false
        var index = begin
        while index < bytes.count {
            switch bytes[index] {
            case UInt8(ascii: "\n"):
                if lineIsEmpty { return index + 1 }
                lineIsEmpty = true
            case UInt8(ascii: "\r"):
                break
            default:
                lineIsEmpty = false
            }
            index += 1
        }
        return nil
    }

    private static func isUsage(_ event: [UInt8]) -> Bool {
        // Nearly no event has one: the cheap question comes first.
        guard contains(event, #""usage":"#), let open = event.firstIndex(of: UInt8(ascii: "{")),
            let json = try? JSON.parse(Array(event[open...])), json["usage"]?.objectValue != nil
        else { return false }
        return json["choices"]?.arrayValue?.isEmpty == true
    }

    private static func contains(_ bytes: [UInt8], _ text: StaticString) -> Bool {
        let wanted = UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount)
        guard bytes.count >= wanted.count else { return false }
        let first = wanted[0]
        for index in 0...(bytes.count - wanted.count) where bytes[index] == first {
            if bytes[index..<index + wanted.count].elementsEqual(wanted) { return true }
        }
        return false
    }
}
