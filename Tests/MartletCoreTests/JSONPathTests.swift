import MartletCore
import Testing

@Suite("JSON path")
struct JSONPathTests {
    @Test func `a path is written with dots and brackets`() {
        let path = JSONPath("messages").appending(0).appending("content").appending(2).appending("image_url")
        #expect(path.description == "messages[0].content[2].image_url")
        #expect(JSONPath.root.appending(1).appending("a").description == "[1].a")
        #expect(JSONPath.root.description == "")
        #expect(JSONPath.root.isRoot)
        #expect(!path.isRoot)
    }

    @Test func `a key that is no word is quoted`() {
        #expect(JSONPath("a.b").appending("").appending("x\"\n").description == #"["a.b"][""]["x\"\n"]"#)
    }

    @Test func `a long key or path shows its beginning only`() {
        let key = String(repeating: "k", count: 1_000)
        #expect(JSONPath(key).description == "[\"\(key.prefix(64))…\"]")
        let deep = (0..<1_000).reduce(JSONPath.root) { path, _ in path.appending("key") }
        #expect(deep.description.utf8.count < 300)
        #expect(deep.description.hasSuffix("…"))
    }
}
