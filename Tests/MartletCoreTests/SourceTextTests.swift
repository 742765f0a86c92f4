import MartletCore
import Testing

@Suite struct SourceTextTests {
    private static func limits(keeping length: Int = 8) -> JSONLimits {
        var limits = JSONLimits.default
        limits.keptLength = length
        return limits
    }

    private static let documents = [
        #"{"a":"short","b":["long enough to stay","x"],"c":{"d":"with \"quotes\" and \u00e9 and \ud83d\ude00"}}"#,
        #"["12345678","1234567","\u0041\u0042\u0043","",{"key that is long as well":"value that is long"}]"#,
        #""a document that is one string""#,
    ]

    @Test(arguments: documents)
    func `a kept string means and is written as one that is not`(text: String) throws {
        let kept = try JSON.parse(text, limits: Self.limits())
        let plain = try JSON.parse(text)
        #expect(kept != plain)
        #expect(try JSON.parse(kept.serialized()) == plain)
        #expect(Self.texts(kept) == Self.texts(plain))
    }

    @Test(arguments: documents)
    func `every fault is found at the same place`(text: String) {
        let bytes = Array(text.utf8)
        for place in bytes.indices {
            for value in [0x01, 0x22, 0x5C, 0x7D, 0xC3, 0xFF] as [UInt8] {
                var changed = bytes
                changed[place] = value
                Self.expectSameFault(changed)
                Self.expectSameFault(Array(bytes.prefix(place)))
            }
        }
    }

    @Test func `only strings of the asked length are kept`() throws {
        let json = try JSON.parse(#"["1234567","12345678"]"#, limits: Self.limits())
        guard case .string = json[0], case .longString(let text) = json[1] else {
            Issue.record("\(json)")
            return
        }
        #expect(text.string == "12345678")
        #expect(text.sourceCount == 8)
    }

    @Test func `a text is cut behind a separator, escaped or not`() throws {
        for spelling in [#"data:image/png,rest of it"#, #"data:image\/png\u002crest of it"#] {
            let json = try JSON.parse("\"\(spelling)\"", limits: Self.limits())
            let text = try #require(json.textValue)
            let (scheme, rest) = try #require(text.cut(behind: UInt8(ascii: ":"), within: 5))
            let (head, tail) = try #require(rest.cut(behind: UInt8(ascii: ","), within: 100))
            #expect([scheme, head, tail.string] == ["data", "image/png", "rest of it"])
            #expect(text.cut(behind: UInt8(ascii: ","), within: 5) == nil)
            #expect(text.cut(behind: UInt8(ascii: "#"), within: 100) == nil)
        }
    }

    @Test(arguments: [
        ("data:image/png;base64,QUJD", "image/png"), ("DATA:Image/PNG;charset=x;BASE64,QUJD", "image/png"),
        ("data:;base64,QUJD", ""), ("data: image/png ; base64,QUJD", "image/png"),
    ])
    func `a data address says its type and holds its bytes`(text: String, type: String) throws {
        let uri = try DataURI(SourceText(text))
        #expect(uri.type == type)
        #expect(try MediaBytes(decoding: uri.content).array == Array("ABC".utf8))
    }

    @Test(arguments: [
        ("", DataURI.Fault.otherScheme), ("https://example.org", .otherScheme), ("dat:,", .otherScheme),
        ("xdata:;base64,", .otherScheme), ("data", .otherScheme), ("data:", .noComma),
        ("data:image/png;base64", .noComma),
        ("data:é;base64,QUJD", .noComma), ("data:,abc", .notBase64),
        ("data:text/plain;charset=utf-8,abc", .notBase64),
        ("data:base64,abc", .notBase64),
        ("data:" + String(repeating: "x", count: 600) + ";base64,QUJD", .noComma),
    ])
    func `another address is told apart by its fault`(text: String, fault: DataURI.Fault) {
        #expect(throws: fault) { try DataURI(SourceText(text)) }
    }

    private static func expectSameFault(_ bytes: [UInt8]) {
        let plain = Result { try JSON.parse(bytes) }
        let kept = Result { try JSON.parse(bytes, limits: limits()) }
        switch (plain, kept) {
        case (.success(let one), .success(let other)): #expect(texts(one) == texts(other))
        case (.failure(let one), .failure(let other)):
            #expect(one as? JSONError == other as? JSONError, "\(String(decoding: bytes, as: UTF8.self))")
        default: Issue.record("\(String(decoding: bytes, as: UTF8.self)): \(plain) \(kept)")
        }
    }

    private static func texts(_ json: JSON) -> [String] {
        switch json {
        case .array(let elements): elements.flatMap(texts)
        case .object(let members): members.flatMap { [$0.key] + texts($0.value) }
        default: [json.stringValue ?? json.typeName]
        }
    }
}
