import MartletCore

/// Takes the usage out of a stream of `chat.completion.chunk` events that the client has not asked for.
///
/// The gateway asks every vendor for it, to know what an answer took; OpenAI sends it in an event of its own, with an
/// empty list of choices.
struct UsageEventFilter {
    /// Bytes of an event whose end has not come.
    private var held: [UInt8] = []

    /// The bytes without the event; what belongs to an event that is not whole waits for its end.
    mutating func take(_ bytes: [UInt8]) -> [UInt8] {
        held += bytes
        var kept: [UInt8] = []
        var begin = 0
        while let end = Self.endOfEvent(in: held, from: begin) {
            let event = held[begin..<end]
            if !Self.isUsage(event) { kept += event }
            begin = end
        }
        held.removeFirst(begin)
        return kept
    }

    /// What is left at the end of the stream.
    mutating func finish() -> [UInt8] {
        defer { held = [] }
        return Self.isUsage(held[...]) ? [] : held
    }

    /// Behind the blank line that ends an event; nil when it has not come.
    private static func endOfEvent(in bytes: [UInt8], from begin: Int) -> Int? {
        var lineIsEmpty = true
        var index = begin
        while index < bytes.count {
            switch bytes[index] {
            case UInt8(ascii: "\n"):
                if lineIsEmpty, index > begin { return index + 1 }
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

    private static func isUsage(_ event: ArraySlice<UInt8>) -> Bool {
        // Nearly no event has one: the cheap question comes first.
        guard contains(event, #""usage":"#), let open = event.firstIndex(of: UInt8(ascii: "{")),
            let json = try? JSON.parse(Array(event[open...])), json["usage"]?.objectValue != nil
        else { return false }
        return json["choices"]?.arrayValue?.isEmpty == true
    }

    private static func contains(_ bytes: ArraySlice<UInt8>, _ text: StaticString) -> Bool {
        let wanted = UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount)
        guard bytes.count >= wanted.count else { return false }
        let first = wanted[0]
        for index in bytes.startIndex...(bytes.endIndex - wanted.count) where bytes[index] == first {
            if bytes[index..<index + wanted.count].elementsEqual(wanted) { return true }
        }
        return false
    }
}
