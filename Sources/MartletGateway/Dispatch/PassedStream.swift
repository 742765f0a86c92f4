import Glibc
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
        var passage = Passage()
        guard isSplit, case .body(let bytes) = piece, reading.isGood else {
            read(piece, into: &passage)
            return passage
        }
        let events = wholeEvents(with: bytes)
        // Nearly always none of them has to be kept back: they go on as one.
        if !Self.contains(events, #""error""#), !hidesUsage || !Self.mayHoldUsage(events) {
            if !events.isEmpty { read(.body(events), into: &passage) }
            return passage
        }
        var begin = 0
        while passage.failure == nil, let end = Self.endOfEvent(in: events, from: begin) {
            read(.body(Array(events[begin..<end])), into: &passage)
            begin = end
        }
        return passage
    }

    /// The events that are whole with these bytes; the beginning of the next one is held.
    private mutating func wholeEvents(with bytes: [UInt8]) -> [UInt8] {
        if held.isEmpty, Self.endOfLastEvent(in: bytes) == bytes.count { return bytes }
        held += bytes
        let end = Self.endOfLastEvent(in: held)
        let whole = Array(held[..<end])
        held.removeFirst(end)
        return whole
    }

    /// Takes the end of the vendor's answer.
    mutating func finish() -> Passage {
        var passage = Passage()
        if !held.isEmpty {
            read(.body(held), into: &passage)
            held = []
        }
        guard passage.failure == nil else { return passage }
        do throws(UpstreamFailure) {
            try reading.finish(into: &passage.events)
        } catch {
            // Half an event is no good to anybody.
            (passage.bytes, passage.failure) = ([], error)
        }
        return passage
    }

    private mutating func read(_ piece: UpstreamPiece, into passage: inout Passage) {
        do throws(UpstreamFailure) {
            guard let bytes = try reading.take(piece, into: &passage.events) else { return }
            if hidesUsage, Self.isUsage(bytes) { return }
            if passage.bytes.isEmpty { passage.bytes = bytes } else { passage.bytes += bytes }
        } catch {
            passage.failure = error
        }
    }

    /// Behind the last blank line; 0 where there is none.
    private static func endOfLastEvent(in bytes: [UInt8]) -> Int {
        var index = bytes.count
        while index > 1 {
            index -= 1
            guard bytes[index] == UInt8(ascii: "\n") else { continue }
            let isAfterReturn = index > 1 && bytes[index - 1] == UInt8(ascii: "\r")
            if bytes[index - (isAfterReturn ? 2 : 1)] == UInt8(ascii: "\n") { return index + 1 }
        }
        return 0
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

    /// The cheap question: nearly no event has one.
    private static func mayHoldUsage(_ bytes: [UInt8]) -> Bool { contains(bytes, #""usage":"#) }

    private static func isUsage(_ event: [UInt8]) -> Bool {
        guard mayHoldUsage(event), let open = event.firstIndex(of: UInt8(ascii: "{")),
            let json = try? JSON.parse(Array(event[open...])), json["usage"]?.objectValue != nil
        else { return false }
        return json["choices"]?.arrayValue?.isEmpty == true
    }

    private static func contains(_ bytes: [UInt8], _ text: StaticString) -> Bool {
        bytes.withUnsafeBytes { buffer in
            var rest = UnsafeRawBufferPointer(buffer)
            let count = text.utf8CodeUnitCount
            // The first letter is a quote, of which there are many; the second is the rarer one.
            while rest.count >= count, let start = rest.baseAddress,
                let found = memchr(start + 1, CInt(text.utf8Start[1]), rest.count - 1)
            {
                let place = UnsafeRawPointer(found) - 1 - start
                guard rest.count - place >= count else { return false }
                if memcmp(start + place, text.utf8Start, count) == 0 { return true }
                rest = UnsafeRawBufferPointer(rebasing: rest.dropFirst(place + 1))
            }
            return false
        }
    }
}
