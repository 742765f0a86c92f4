import MartletCore
import Testing

@Suite struct Base64Tests {
    private static func decode(_ text: String, pieces: Int = 5) throws -> String {
        let bytes = try MediaBytes(decoding: Base64Text(SourceText(text)))
        var reader = bytes.reader()
        var all: [UInt8] = []
        while case let piece = reader.read(pieces), !piece.isEmpty {
            #expect(piece.count <= pieces)
            all += piece
        }
        #expect(all.count == bytes.count)
        #expect(all == bytes.array)
        return String(decoding: all, as: UTF8.self)
    }

    /// RFC 4648, section 10.
    @Test(arguments: [
        ("", ""), ("Zg==", "f"), ("Zm8=", "fo"), ("Zm9v", "foo"), ("Zm9vYg==", "foob"), ("Zm9vYmE=", "fooba"),
        ("Zm9vYmFy", "foobar"),
    ])
    func `the vectors of the standard`(text: String, meaning: String) throws {
        for pieces in 1...7 { #expect(try Self.decode(text, pieces: pieces) == meaning) }
    }

    @Test(arguments: [
        ("Zg", "f"), ("Zm8", "fo"), (" Zm9v\r\nYmFy\t\n", "foobar"), ("Z g = =", "f"), ("Pz8-", "??>"),
        ("Pz8_", "???"),
    ])
    func `spellings that programs send`(text: String, meaning: String) throws {
        #expect(try Self.decode(text) == meaning)
    }

    @Test(arguments: [
        ("Z", Base64Error.wrongLength), ("Zm9vY", .wrongLength), ("Zg=", .wrongLength),
        ("Zm8==", .wrongLength),
        ("Zm9v=", .wrongLength), ("====", .wrongLength), ("Zg==Zg==", .unexpectedCharacter(offset: 4)),
        ("Zm9v!", .unexpectedCharacter(offset: 4)), ("Zm,v", .unexpectedCharacter(offset: 2)),
        ("é", .unexpectedCharacter(offset: 0)), ("Zm9v\0", .unexpectedCharacter(offset: 4)),
        ("Zm9v\\/", .unexpectedCharacter(offset: 4)), ("%5A", .unexpectedCharacter(offset: 0)),
    ])
    func `what is none is refused at its place`(text: String, error: Base64Error) {
        #expect(throws: error) { try MediaBytes(decoding: Base64Text(SourceText(text))) }
    }

    @Test func `every length and every byte comes back`() throws {
        for count in 0..<70 {
            let bytes = (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 37 &+ count) }
            let decoded = try MediaBytes(decoding: Base64Text(SourceText(Self.encode(bytes))))
            #expect(decoded.array == bytes)
            var inspected: [UInt8] = []
            decoded.inspect { inspected += $0 }
            #expect(inspected == bytes)
        }
    }

    @Test func `escapes of JSON are resolved on the way`() throws {
        let bytes = (0..<900).map { UInt8(truncatingIfNeeded: $0 &* 7) }
        var text = ""
        for (index, character) in Self.encode(bytes).enumerated() {
            switch index % 5 {
            case 0 where character == "/": text += "\\/"
            case 1: text += "\\u00" + String(character.asciiValue ?? 0, radix: 16)
            case 2: text += "\(character)\\n"
            default: text.append(character)
            }
        }
        var limits = JSONLimits.default
        limits.keptLength = 10
        let json = try JSON.parse("{\"a\":\"\(text)\"}", limits: limits)
        let kept = try #require(json["a"]?.textValue)
        #expect(try MediaBytes(decoding: Base64Text(kept)).array == bytes)
    }

    static func encode(_ bytes: [UInt8]) -> String {
        let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/")
        var text = ""
        for start in stride(from: 0, to: bytes.count, by: 3) {
            let group = bytes[start..<min(start + 3, bytes.count)]
            let value = group.reduce(0) { $0 << 8 | Int($1) } << (8 * (3 - group.count))
            for place in 0...group.count { text.append(alphabet[value >> (18 - 6 * place) & 63]) }
            text += String(repeating: "=", count: 3 - group.count)
        }
        return text
    }
}
