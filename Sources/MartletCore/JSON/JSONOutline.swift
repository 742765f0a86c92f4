/// Looks through a JSON object as it comes in, and keeps of it where the members of its top level stand and the small
/// values of some: a body of many megabytes need not be in memory for that.
///
/// It checks that brackets and texts are closed and that nothing follows, and leaves the rest to whoever reads the body.
/// Belongs to one thread.
public struct JSONOutline: Sendable {
    /// A member of the top level.
    public struct Member: Sendable, Equatable {
        /// Its key, as it is written between its quotes.
        public let key: String
        /// Where its value stands.
        public let value: Range<Int>
    }

    /// A longer key is no key of ours.
    private static let longestKey = 128
    /// A longer value is not kept.
    private static let longestValue = 4_096
    private static let deepest = 128
    /// A text of so many bytes is taken for a file in base64.
    private static let longestText = 65_536

    private enum Place {
        /// Before the object.
        case start
        /// Before a key or the end of the object.
        case beforeKey
        case inKey
        /// Between a key and its value.
        case beforeValue
        case inValue
        /// Behind the object.
        case end
        /// This is no object that is closed.
        case broken
    }

    /// The members, in their order.
    public private(set) var members: [Member] = []
    /// The small values of the members that were asked for; of two with one key the last.
    public private(set) var values = JSONObject()
    /// Behind the opening brace.
    public private(set) var start = 0
    /// How many bytes of text there are in all values, files aside.
    public private(set) var textBytes = 0
    private let wanted: Set<String>
    private var place = Place.start
    private var offset = 0
    private var depth = 0
    private var isInText = false
    private var isEscaped = false
    private var textLength = 0
    private var textHead: [UInt8] = []
    private var key: [UInt8] = []
    private var valueStart = 0
    private var value: [UInt8]?

    /// - Parameter wanted: the keys whose small values are kept.
    public init(keeping wanted: Set<String>) {
        self.wanted = wanted
    }

    /// Takes the next bytes.
    public mutating func feed(_ bytes: [UInt8]) {
        for byte in bytes {
            take(byte)
            offset += 1
        }
    }

    /// Whether what came is one object, closed.
    public var isComplete: Bool { place == .end }

    /// The pieces of the same object with some members set: ranges of the bytes as they came, and bytes that are new.
    public func setting(_ changes: JSONObject, in count: Int) -> [(range: Range<Int>?, bytes: [UInt8])] {
        var replacements: [(range: Range<Int>, bytes: [UInt8])] = []
        var added: [UInt8] = []
        for (name, value) in changes {
            let same = members.filter { $0.key == name }
            if same.isEmpty {
                added += JSON.string(name).serialized() + [UInt8(ascii: ":")] + value.serialized()
                added.append(UInt8(ascii: ","))
            }
            for member in same { replacements.append((member.value, value.serialized())) }
        }
        if members.isEmpty, !added.isEmpty { added.removeLast() }
        replacements.append((start..<start, added))
        replacements.sort { $0.range.lowerBound < $1.range.lowerBound }
        var pieces: [(range: Range<Int>?, bytes: [UInt8])] = []
        var position = 0
        for (range, fresh) in replacements {
            if position < range.lowerBound { pieces.append((position..<range.lowerBound, [])) }
            if !fresh.isEmpty { pieces.append((nil, fresh)) }
            position = range.upperBound
        }
        if position < count { pieces.append((position..<count, [])) }
        return pieces
    }

    private mutating func take(_ byte: UInt8) {
        switch place {
        case .start:
            if byte == UInt8(ascii: "{") {
                (place, start) = (.beforeKey, offset + 1)
            } else if !Self.isSpace(byte), ![0xEF, 0xBB, 0xBF].contains(byte) {
                place = .broken
            }
        case .beforeKey:
            if byte == UInt8(ascii: "\"") {
                (place, key) = (.inKey, [])
            } else if byte == UInt8(ascii: "}") {
                place = .end
            } else if !Self.isSpace(byte), byte != UInt8(ascii: ",") {
                place = .broken
            }
        case .inKey: takeKey(byte)
        case .beforeValue:
            guard byte != UInt8(ascii: ":"), !Self.isSpace(byte) else { return }
            (place, valueStart, depth) = (.inValue, offset, 0)
            value = wanted.contains(String(decoding: key, as: UTF8.self)) ? [] : nil
            takeValue(byte)
        case .inValue: takeValue(byte)
        case .end: if !Self.isSpace(byte) { place = .broken }
        case .broken: break
        }
    }

    private mutating func takeKey(_ byte: UInt8) {
        if isEscaped {
            isEscaped = false
        } else if byte == UInt8(ascii: "\\") {
            isEscaped = true
        } else if byte == UInt8(ascii: "\"") {
            place = .beforeValue
            return
        }
        if key.count < Self.longestKey { key.append(byte) }
    }

    private mutating func takeValue(_ byte: UInt8) {
        if isInText {
            takeText(byte)
            keep(byte)
            if !isInText, depth == 0 { endValue(at: offset + 1) }
            return
        }
        switch byte {
        case UInt8(ascii: "\""):
            (isInText, textLength, textHead) = (true, 0, [])
        case UInt8(ascii: "{"), UInt8(ascii: "["):
            depth += 1
            if depth > Self.deepest { place = .broken }
        case UInt8(ascii: "}"), UInt8(ascii: "]"):
            guard depth > 0 else {
                endValue(at: offset)
                place = byte == UInt8(ascii: "}") ? .end : .broken
                return
            }
            depth -= 1
            if depth == 0 {
                keep(byte)
                return endValue(at: offset + 1)
            }
        case UInt8(ascii: ","), 0x20, 0x09, 0x0A, 0x0D:
            if depth == 0 { return endValue(at: offset) }
        default: break
        }
        keep(byte)
    }

    private mutating func takeText(_ byte: UInt8) {
        if isEscaped {
            isEscaped = false
        } else if byte == UInt8(ascii: "\\") {
            isEscaped = true
        } else if byte == UInt8(ascii: "\"") {
            isInText = false
            let isFile = textLength > Self.longestText || textHead.elementsEqual("data:".utf8)
            if !isFile { textBytes += textLength }
            return
        }
        if textHead.count < 5 { textHead.append(byte) }
        textLength += 1
    }

    private mutating func keep(_ byte: UInt8) {
        guard value != nil else { return }
        value?.append(byte)
        if value?.count ?? 0 > Self.longestValue { value = nil }
    }

    private mutating func endValue(at end: Int) {
        let name = String(decoding: key, as: UTF8.self)
        members.append(Member(key: name, value: valueStart..<end))
        if let value, let read = try? JSON.parse(value) { values[name] = read }
        value = nil
        place = .beforeKey
    }

    private static func isSpace(_ byte: UInt8) -> Bool {
        byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09
    }
}
