import MartletCore
import Testing

@Suite("Members of a JSON object, in place")
struct JSONMembersTests {
    private func set(_ changes: JSONObject, in text: String) -> String {
        String(decoding: JSONMembers(of: Array(text.utf8)).setting(changes), as: UTF8.self)
    }

    @Test func `a member is replaced and every other byte stays`() {
        let body = #"{ "n":1.50, "model" : "a" , "x":{"model":"inner"},"y":[1e2] }"#
        #expect(
            set(["model": "b"], in: body) == #"{ "n":1.50, "model" : "b" , "x":{"model":"inner"},"y":[1e2] }"#
        )
    }

    @Test func `a member that is not there comes first`() {
        #expect(set(["a": 1], in: #"{"b":2}"#) == #"{"a":1,"b":2}"#)
        #expect(set(["a": 1], in: "{ }") == #"{"a":1 }"#)
    }

    @Test func `a key that comes twice is replaced twice`() {
        #expect(set(["m": "z"], in: #"{"m":"a","m":"b"}"#) == #"{"m":"z","m":"z"}"#)
    }

    @Test func `texts with brackets, quotes and escapes are passed over`() {
        let body = #"{"a":"}\"]{\\","m":"x","b":[{"c":"]"}]}"#
        #expect(set(["m": "y"], in: body) == #"{"a":"}\"]{\\","m":"y","b":[{"c":"]"}]}"#)
    }

    @Test(arguments: ["", "[]", "{", "{\"a\"", "{\"a\":", "{\"a\":\"", "nul", "{\"a\" 1}", "\"\\"])
    func `what is no object does not harm`(text: String) {
        _ = set(["m": 1], in: text)
    }

    @Test(arguments: 0..<300)
    func `an edited object means what it meant, but for the member`(seed: Int) throws {
        var random = JSONSeededGenerator(seed: UInt64(seed))
        var object: JSONObject = [:]
        for index in 0..<Int.random(in: 0..<6, using: &random) {
            let values: [JSON] = [1.5, nil, true, "a\"{", ["x", [2]], ["k": ["v": "}"]], ""]
            object["k\(index)"] = values.randomElement(using: &random) ?? nil
        }
        if Bool.random(using: &random) { object["model"] = "old" }
        let edited = JSONMembers(of: JSON.object(object).serialized()).setting([
            "model": "new", "stream": true,
        ])
        var expected = object
        expected["model"] = "new"
        expected["stream"] = true
        #expect(try JSON.parse(edited) == .object(expected))
    }
}
