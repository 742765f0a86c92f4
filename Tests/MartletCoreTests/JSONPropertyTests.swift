import MartletCore
import Testing

@Suite("JSON properties")
struct JSONPropertyTests {
    @Test(arguments: UInt64(1)...200)
    func `a value that is written and read again is the same`(seed: UInt64) throws {
        var generator = JSONSeededGenerator(seed: seed)
        let value = JSON.random(depth: 6, using: &generator)
        let bytes = value.serialized()
        let again = try JSON.parse(bytes)
        #expect(again == value)
        #expect(again.serialized() == bytes)
    }

    @Test(arguments: UInt64(1)...20)
    func `a damaged document is read or refused but never stops the program`(seed: UInt64) {
        var generator = JSONSeededGenerator(seed: seed)
        let document = Array(JSONCases.varied.utf8)
        for _ in 0..<500 {
            var bytes = document
            for _ in 0..<Int.random(in: 1...4, using: &generator) {
                bytes.damage(using: &generator)
            }
            do {
                let value = try JSON.parse(bytes)
                let again = try? JSON.parse(value.serialized())
                #expect(again == value)
            } catch {
                #expect((0...bytes.count).contains(error.offset))
                #expect(error.line >= 1 && error.column >= 1)
            }
        }
    }
}

extension JSON {
    /// A value of any kind with at most `depth` levels.
    fileprivate static func random(depth: Int, using generator: inout JSONSeededGenerator) -> JSON {
        switch Int.random(in: 0..<(depth > 0 ? 8 : 5), using: &generator) {
        case 0: return .null
        case 1: return .bool(.random(using: &generator))
        case 2: return JSON(Int(truncatingIfNeeded: generator.next()))
        case 3: return JSON(Double(bitPattern: generator.next()))
        case 4: return .string(.random(using: &generator))
        case 5:
            let count = Int.random(in: 0..<6, using: &generator)
            return .array((0..<count).map { _ in random(depth: depth - 1, using: &generator) })
        default:
            let count = Int.random(in: 0..<20, using: &generator)
            return .object(
                JSONObject(
                    (0..<count).map { _ in
                        (String.random(using: &generator), random(depth: depth - 3, using: &generator))
                    }
                )
            )
        }
    }
}

extension String {
    /// Up to 30 characters, with controls, quotation marks and every length of UTF-8 among them.
    fileprivate static func random(using generator: inout JSONSeededGenerator) -> String {
        let ranges: [ClosedRange<UInt32>] = [
            0...0x1F, 0x20...0x7F, 0x20...0x7F, 0x22...0x22, 0x5C...0x5C,
            0x80...0x7FF, 0x800...0xFFFF, 0x10000...0x10FFFF,
        ]
        var text = ""
        for _ in 0..<Int.random(in: 0...30, using: &generator) {
            let range = ranges[Int.random(in: 0..<ranges.count, using: &generator)]
            let scalar = Unicode.Scalar(UInt32.random(in: range, using: &generator))
            text.unicodeScalars.append(scalar ?? "\u{FFFD}")
        }
        return text
    }
}

extension [UInt8] {
    /// Changes, removes, repeats or cuts at one place.
    fileprivate mutating func damage(using generator: inout JSONSeededGenerator) {
        guard let place = indices.randomElement(using: &generator) else { return }
        switch Int.random(in: 0..<5, using: &generator) {
        case 0: self[place] = .random(in: 0...255, using: &generator)
        case 1: remove(at: place)
        case 2: insert(self[place], at: place)
        case 3: self[place] = Array(#"{}[]",:\u0e-."#.utf8).randomElement(using: &generator) ?? 0
        default: removeLast(Int.random(in: 0..<Swift.min(4, count), using: &generator))
        }
    }
}
