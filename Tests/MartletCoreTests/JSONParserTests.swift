import MartletCore
import Testing

@Suite("JSON parser")
struct JSONParserTests {
    @Test(arguments: JSONCases.accepted)
    func `a document within the grammar is read`(text: String, canonical: String) throws {
        let value = try JSON.parse(text)
        #expect(String(decoding: value.serialized(), as: UTF8.self) == canonical)
    }

    @Test(arguments: JSONCases.refused)
    func `a document outside the grammar is refused where its fault is`(
        text: String,
        reason: JSONError.Reason,
        offset: Int
    ) {
        let error = #expect(throws: JSONError.self) { try JSON.parse(text) }
        #expect(error?.reason == reason)
        #expect(error?.offset == offset)
    }

    @Test(arguments: JSONCases.notUnicode)
    func `bytes that are not UTF-8 are refused where they are`(bytes: [UInt8], offset: Int) {
        let error = #expect(throws: JSONError.self) { try JSON.parse(bytes) }
        #expect(error?.reason == .invalidUTF8)
        #expect(error?.offset == offset)
    }

    @Test func `every beginning of a document is refused as one that ends too early`() {
        let document = Array(JSONCases.varied.utf8)
        for length in 0..<document.count {
            let error = #expect(throws: JSONError.self) { try JSON.parse(document[..<length]) }
            // Cut inside a character, the string is unterminated before it is found not to be UTF-8.
            #expect(error?.reason == .unexpectedEnd)
            #expect(error?.offset == length)
        }
    }

    @Test func `as many levels as the limit are read and one more is refused`() throws {
        let open = String(repeating: "[", count: 64) + String(repeating: #"{"a":"#, count: 64)
        let close = String(repeating: "}", count: 64) + String(repeating: "]", count: 64)
        _ = try JSON.parse(open + "1" + close)
        let error = #expect(throws: JSONError.self) { try JSON.parse(open + "[1]" + close) }
        #expect(error?.reason == .tooDeep)
        #expect(error?.offset == open.utf8.count)
    }

    @Test func `levels that are closed again do not count`() throws {
        let pairs = String(repeating: "[],{},", count: 1_000)
        #expect(try JSON.parse("[" + pairs + "0]").arrayValue?.count == 2_001)
    }

    @Test func `a million opening brackets are refused at the limit`() {
        let error = #expect(throws: JSONError.self) {
            try JSON.parse(String(repeating: "[", count: 1_000_000))
        }
        #expect(error?.offset == 128)
    }

    @Test func `a document longer than the limit is refused`() throws {
        #expect(try JSON.parse("[12]", limits: JSONLimits(maximumBytes: 4)) == [12])
        let error = #expect(throws: JSONError.self) {
            try JSON.parse("[123]", limits: JSONLimits(maximumBytes: 4))
        }
        #expect(error?.reason == .tooLarge)
    }

    @Test func `a fault is told by line and character without the text`() {
        let error = #expect(throws: JSONError.self) { try JSON.parse("{\n  \"ключ\": secret\n}") }
        #expect(error?.line == 2)
        #expect(error?.column == 11)
        #expect(error?.description == "unexpected character at line 2 column 11")
        #expect(error?.label == "unexpectedCharacter")
    }

    @Test func `offsets in a slice count from its start`() {
        let bytes = Array("xxxx[1,]".utf8)
        let error = #expect(throws: JSONError.self) { try JSON.parse(bytes[4...]) }
        #expect(error?.offset == 3)
    }

    @Test func `a special character is found wherever it stands in a long string`() throws {
        for length in 0..<40 {
            for place in 0...length {
                let before = String(repeating: "a", count: place)
                let after = String(repeating: "é", count: length - place)
                for (escaped, plain) in [
                    (#"\n"#, "\n"), (#"\""#, "\""), (#"\\"#, "\\"), ("\u{7F}", "\u{7F}"),
                ] {
                    let value = try JSON.parse("\"\(before)\(escaped)\(after)\"")
                    #expect(value == .string(before + plain + after))
                    #expect(value.serialized() == Array("\"\(before)\(escaped)\(after)\"".utf8))
                }
                let error = #expect(throws: JSONError.self) { try JSON.parse("\"\(before)\u{1F}\(after)\"") }
                #expect(error?.reason == .controlCharacter)
                #expect(error?.offset == place + 1)
            }
        }
    }
}
