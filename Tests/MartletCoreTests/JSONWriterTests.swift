import MartletCore
import Testing

@Suite("JSON writer")
struct JSONWriterTests {
    @Test func `pieces are separated by commas where they must be`() throws {
        var writer = JSONWriter()
        writer.beginObject()
        writer.key("id")
        writer.string("x\"\u{1}é")
        writer.raw(#""object":"chunk""#)
        writer.key("list")
        writer.beginArray()
        writer.beginObject()
        writer.endObject()
        writer.int(.min)
        writer.bool(false)
        writer.null()
        writer.beginArray()
        writer.endArray()
        writer.raw(Array("[1]".utf8))
        writer.number(JSONNumber(1.5))
        writer.write(["a": 1, "b": 2] as JSON)
        writer.endArray()
        writer.key("end")
        writer.write(["c": nil] as JSONObject)
        writer.endObject()
        let text =
            #"{"id":"x\"\u0001é","object":"chunk","list":[{},-9223372036854775808,false,null,[],[1],1.5,{"a":1,"b":2}],"#
            + #""end":{"c":null}}"#
        #expect(String(decoding: writer.bytes, as: UTF8.self) == text)
    }

    @Test func `every character is written as itself unless RFC 8259 wants it escaped`() throws {
        for code in (UInt32(0)...0x2FF).map({ $0 }) + [0x2028, 0xFFFD, 0x1F600, 0x10FFFF] {
            let scalar = try #require(Unicode.Scalar(code))
            let bytes = JSON.string(String(scalar)).serialized()
            let isEscaped = code < 0x20 || scalar == "\"" || scalar == "\\"
            #expect((bytes == Array("\"\(scalar)\"".utf8)) == !isEscaped)
            #expect(try JSON.parse(bytes) == .string(String(scalar)))
        }
    }
}
