import MartletCore

/// Turns the bytes of a plain text, cut anywhere, into pieces that never split a character.
struct BareTextDecoder {
    private var held: [UInt8] = []
    /// Whether nothing has come yet.
    private(set) var isEmpty = true

    mutating func decode(_ bytes: [UInt8], into events: inout [ChatEvent]) {
        guard !bytes.isEmpty else { return }
        isEmpty = false
        held += bytes
        let complete = held.count - Self.incompleteTail(of: held)
        guard complete > 0 else { return }
        events.append(.text(String(decoding: held[..<complete], as: UTF8.self)))
        held.removeFirst(complete)
    }

    mutating func finish(into events: inout [ChatEvent]) {
        guard !held.isEmpty else { return }
        events.append(.text(String(decoding: held, as: UTF8.self)))
        held = []
    }

    /// How many bytes at the end begin a character whose rest has not come: 0 to 3.
    private static func incompleteTail(of bytes: [UInt8]) -> Int {
        for length in 1...3 where length <= bytes.count {
            let byte = bytes[bytes.count - length]
            if byte & 0b1100_0000 == 0b1000_0000 { continue }
            let needed =
                switch byte {
                case 0xc2...0xdf: 2
                case 0xe0...0xef: 3
                case 0xf0...0xf4: 4
                default: 1
                }
            return needed > length ? length : 0
        }
        return 0
    }
}
