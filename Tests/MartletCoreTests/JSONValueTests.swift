import MartletCore
import Testing

@Suite("JSON value")
struct JSONValueTests {
    private let value: JSON = [
        "null": nil, "yes": true, "count": 3, "share": 0.25, "text": "a\(1)b", "list": [1, "two"],
        "object": ["k": nil],
    ]

    @Test func `a literal makes the value it looks like`() {
        let text =
            #"{"null":null,"yes":true,"count":3,"share":0.25,"text":"a1b","list":[1,"two"],"object":{"k":null}}"#
        #expect(String(decoding: value.serialized(), as: UTF8.self) == text)
    }

    @Test func `a value is read as its own type and as no other`() {
        #expect(value["yes"]?.boolValue == true)
        #expect(value["count"]?.intValue == 3)
        #expect(value["count"]?.doubleValue == 3)
        #expect(value["share"]?.doubleValue == 0.25)
        #expect(value["share"]?.intValue == nil)
        #expect(value["text"]?.stringValue == "a1b")
        #expect(value["list"]?.arrayValue == [1, "two"])
        #expect(value["object"]?.objectValue == ["k": nil])
        #expect(value["null"]?.isNull == true)
        #expect(value["count"]?.stringValue == nil)
        #expect(value["text"]?.intValue == nil)
        #expect(value["yes"]?.isNull == false)
    }

    @Test func `a subscript finds nothing where there is nothing`() {
        #expect(value["list"]?[1] == "two")
        #expect(value["list"]?[2] == nil)
        #expect(value["list"]?[-1] == nil)
        #expect(value["list"]?["k"] == nil)
        #expect(value["missing"] == nil)
        #expect(value[0] == nil)
    }

    @Test func `a type is called what RFC 8259 calls it`() {
        let values: [JSON] = [nil, true, 1, "", [], [:]]
        #expect(values.map(\.typeName) == ["null", "boolean", "number", "string", "array", "object"])
    }

    @Test func `a number that is not finite becomes null`() {
        #expect(JSON(Double.nan) == nil)
        #expect(JSON(-Double.infinity) == nil)
        #expect(JSON(1.5) == 1.5)
    }
}
