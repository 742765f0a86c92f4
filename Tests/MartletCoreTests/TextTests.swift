import HTTPTypes
import Testing

@testable import MartletCore

@Suite struct `Text as bytes` {
    @Test(arguments: [0, 1, 9, 10, 99, 100, 101, 1_000_000, .max, -1, -10, .min])
    func `numbers are spelled as Swift spells them`(number: Int) {
        var bytes: [UInt8] = []
        bytes.append(decimal: number)
        #expect(String(decoding: bytes, as: UTF8.self) == String(number))
    }

    @Test(arguments: [(0, 3, "000"), (7, 2, "07"), (10, 2, "10"), (123, 2, "123"), (5, 1, "5")])
    func `numbers are filled up with zeros`(number: Int, width: Int, text: String) {
        var bytes: [UInt8] = []
        bytes.append(decimal: number, width: width)
        #expect(String(decoding: bytes, as: UTF8.self) == text)
    }

    @Test(arguments: ["", "a", "fifteen bytes !", "more than fifteen bytes", "\u{e9}\u{1f600}"])
    func `texts are taken as they are`(text: String) {
        var bytes: [UInt8] = [0]
        bytes.append(utf8: text)
        #expect(bytes == [0] + Array(text.utf8))
    }

    @Test(arguments: [0, 1, 24, 247, 248, 249, 1_000])
    func `random text has the length wanted, in letters and digits`(count: Int) {
        let text = RandomText.alphanumeric(count)
        #expect(text.utf8.count == count)
        #expect(text.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber) })
        #expect(count < 24 || text != RandomText.alphanumeric(count))
    }

    @Test func `request ids are in the order of time, and differ at the same time`() {
        let times = [0, 1, 61, 62, 3_843, 3_844, 1_790_000_000_000, 1_790_000_000_001, 200_000_000_000_000]
        let ids = times.map { Array(RequestID(milliseconds: $0).text.utf8) }
        #expect(zip(ids, ids.dropFirst()).allSatisfy { $0.lexicographicallyPrecedes($1) })
        #expect(ids.allSatisfy { $0.count == 28 })
        #expect(RequestID(milliseconds: 5) != RequestID(milliseconds: 5) && RequestID() != RequestID())
    }

    @Test func `a field's value is all its values`() {
        var fields: HTTPFields = [.accept: "a", .cookie: "b", .contentType: ""]
        #expect(fields.value(of: .accept) == "a")
        #expect(fields.value(of: .contentType) == "")
        #expect(fields.value(of: .via) == nil)
        fields.append(HTTPField(name: .accept, value: "c"))
        fields.append(HTTPField(name: .cookie, value: "d"))
        #expect(fields.value(of: .accept) == "a, c")
        #expect(fields.value(of: .cookie) == "b; d")
    }
}
