import MartletCore
import Testing

@Suite struct `JSON in a model's answer` {
    @Test(arguments: [
        (#"{"a":1}"#, #"{"a":1}"#), ("  [1]\n", "[1]"), ("5", "5"),
        ("```json\n{\"a\":1}\n```", #"{"a":1}"#), ("```\n[1]\n```", "[1]"), ("```{\"a\":1}```", #"{"a":1}"#),
        ("Sure:\n```json\n{\"a\":\"`x`\"}\n```\nDone.", #"{"a":"`x`"}"#),
        ("```\nno\n```\n```json\n{}\n```", "{}"), ("The answer is {\"a\": [1]} as asked.", #"{"a": [1]}"#),
        ("List: [1, 2].", "[1, 2]"),
    ])
    func `is found as it was written`(text: String, json: String) {
        #expect(JSONInAnswer.find(in: text)?.text == json)
    }

    @Test(arguments: ["", "no", "```json\n{\n```", "{a:1}", "} {"])
    func `is not found where there is none`(text: String) {
        #expect(JSONInAnswer.find(in: text) == nil)
    }

    @Test(arguments: [
        (#"{"a":1,}"#, #"{"a":1}"#), ("[1, 2 , \n]", "[1, 2  \n]"), (#"{"a":",}"}"#, #"{"a":",}"}"#),
        (#"{"a":"\",]"}"#, #"{"a":"\",]"}"#), ("[,]", "[]"),
    ])
    func `loses the commas that JSON forbids, and no others`(text: String, mended: String) {
        #expect(JSONInAnswer.withoutTrailingCommas(text) == mended)
    }
}
