/// Where the members of an object stand in its bytes, so that some can be changed and all others stay as they are: the
/// spelling of numbers, the order of keys, and fields that nobody here knows.
///
/// For bytes that are valid JSON; of others it finds something or nothing, and never reads outside of them.
public struct JSONMembers: Sendable {
    /// A member's key, without escapes decoded, and where its value stands.
    public struct Member: Sendable, Equatable {
        /// The key as it is written between its quotes.
        public let key: ArraySlice<UInt8>
        /// Where the value stands.
        public let value: Range<Int>
    }

    /// The members in their order.
    public private(set) var members: [Member] = []
    /// Behind the opening brace; nil for what is no object.
    public private(set) var start: Int?
    private let bytes: [UInt8]

    /// Looks at an object's bytes.
    public init(of bytes: [UInt8]) {
        self.bytes = bytes
        read()
    }

    /// The bytes with some members set: each in the place of the last that has its key, for the last is the one that
    /// counts, or at the beginning where there is none.
    public func setting(_ changes: JSONObject) -> [UInt8] {
        guard let start else { return bytes }
        var replacements: [(range: Range<Int>, bytes: [UInt8])] = []
        var added: [UInt8] = []
        for (key, value) in changes {
            let same = members.filter { $0.key.elementsEqual(key.utf8) }
            if same.isEmpty {
                added += JSON.string(key).serialized() + [UInt8(ascii: ":")] + value.serialized()
                added.append(UInt8(ascii: ","))
            }
            // Readers do not agree on which of two counts.
            for member in same { replacements.append((member.value, value.serialized())) }
        }
        if members.isEmpty, !added.isEmpty { added.removeLast() }
        replacements.append((start..<start, added))
        replacements.sort { $0.range.lowerBound < $1.range.lowerBound }
        var edited: [UInt8] = []
        edited.reserveCapacity(bytes.count + added.count + 64)
        var place = 0
        for (range, fresh) in replacements {
            edited += bytes[place..<range.lowerBound]
            edited += fresh
            place = range.upperBound
        }
        return edited + bytes[place...]
    }

    private mutating func read() {
        var index = 0
        skipSpace(&index)
        guard index < bytes.count, bytes[index] == UInt8(ascii: "{") else { return }
        index += 1
        start = index
        while true {
            skipSpace(&index)
            guard index < bytes.count, bytes[index] == UInt8(ascii: "\"") else { return }
            let key = index + 1
            skipText(&index)
            guard index - 1 >= key else { return }
            let name = bytes[key..<(index - 1)]
            skipSpace(&index)
            guard index < bytes.count, bytes[index] == UInt8(ascii: ":") else { return }
            index += 1
            skipSpace(&index)
            let begin = index
            skipValue(&index)
            guard index > begin else { return }
            members.append(Member(key: name, value: begin..<index))
            skipSpace(&index)
            guard index < bytes.count, bytes[index] == UInt8(ascii: ",") else { return }
            index += 1
        }
    }

    private func skipSpace(_ index: inout Int) {
        while index < bytes.count, [0x20, 0x09, 0x0a, 0x0d].contains(bytes[index]) { index += 1 }
    }

    /// Goes behind a text, from its opening quote.
    private func skipText(_ index: inout Int) {
        index += 1
        while index < bytes.count {
            switch bytes[index] {
            case UInt8(ascii: "\\"): index += 2
            case UInt8(ascii: "\""):
                index += 1
                return
            default: index += 1
            }
        }
        index = bytes.count
    }

    private func skipValue(_ index: inout Int) {
        var depth = 0
        while index < bytes.count {
            switch bytes[index] {
            case UInt8(ascii: "\""):
                skipText(&index)
                if depth == 0 { return }
            case UInt8(ascii: "{"), UInt8(ascii: "["):
                depth += 1
                index += 1
            case UInt8(ascii: "}"), UInt8(ascii: "]"):
                if depth == 0 { return }
                depth -= 1
                index += 1
                if depth == 0 { return }
            case UInt8(ascii: ","), 0x20, 0x09, 0x0a, 0x0d:
                if depth == 0 { return }
                index += 1
            default:
                index += 1
            }
        }
    }
}
