import MartletCore
import Testing

@Suite("JSON object")
struct JSONObjectTests {
    @Test(arguments: [1, 2, 15, 16, 17, 18, 40])
    func `members keep their order through changes and removals`(count: Int) {
        var object = JSONObject((0..<count).map { ("k\($0)", JSON($0)) })
        object["k0"] = "changed"
        #expect(object.keys == (0..<count).map { "k\($0)" })
        #expect(object["k0"] == "changed")
        #expect(object["k\(count - 1)"] != nil)
        #expect(object["k\(count)"] == nil)
        #expect(object.removeValue(forKey: "k0") == "changed")
        #expect(object.removeValue(forKey: "k0") == nil)
        object["new"] = .null
        #expect(object.keys == (1..<count).map { "k\($0)" } + ["new"])
        for (key, value) in object {
            #expect(object[key] == value)
        }
        object["new"] = nil
        #expect(object.count == count - 1)
    }

    @Test func `of equal keys the last value stays in the place of the first`() throws {
        let members = (0..<50).map { "\"k\($0 % 25)\":\($0)" }.joined(separator: ",")
        let object = try #require(try JSON.parse("{\(members)}").objectValue)
        #expect(object.keys == (0..<25).map { "k\($0)" })
        #expect(object.map(\.value) == (25..<50).map { JSON($0) })
    }

    @Test func `keys that look alike but are spelled differently are two`() throws {
        for padding in [0, 20] {
            let more = (0..<padding).map { ",\"k\($0)\":0" }.joined()
            let object = try #require(try JSON.parse("{\"\u{212B}\":1,\"A\u{30A}\":2\(more)}").objectValue)
            #expect(object.count == 2 + padding)
            #expect(object["\u{212B}"] == 1)
            #expect(object["A\u{30A}"] == 2)
            #expect(object["\u{C5}"] == nil)
        }
    }

    @Test func `objects are equal in whatever order`() {
        let one: JSON = ["a": 1, "b": [2]]
        #expect(one == ["b": [2], "a": 1])
        #expect(one != ["a": 1])
        #expect(one != ["a": 1, "b": [3]])
        #expect(one != ["a": 1, "c": [2]])
    }

    @Test func `a hundred thousand members are read and found`() throws {
        let members = (0..<100_000).map { "\"k\($0)\":\($0)" }.joined(separator: ",")
        let object = try #require(try JSON.parse("{\(members)}").objectValue)
        #expect(object.count == 100_000)
        #expect(object["k99999"] == 99_999)
    }

    @Test func `an empty object has nothing`() {
        #expect(JSONObject().isEmpty)
        #expect(JSONObject()["a"] == nil)
        #expect(JSON.object([:]).serialized() == Array("{}".utf8))
    }
}
