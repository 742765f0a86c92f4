import MartletCore
import Testing

@testable import MartletProviders

@Suite("OpenAI's chat body")
struct OpenAIChatMappingTests {
    private func decode(_ body: String) throws -> ChatRequest {
        try OpenAISurface(now: { 0 }).decode(JSON.parse(Array(body.utf8)))
    }

    @Test
    func `All fields are read, and null counts as absent`() throws {
        let request = try decode(
            #"""
            {"model":"gpt-4o","messages":[{"role":"user","content":"x"}],"temperature":0.5,"top_p":null,"n":1,
             "stop":["a","b"],"max_completion_tokens":7,"stream":true,"stream_options":{"include_usage":true},
             "seed":-3,"user":"u","unknown_field":{"x":1},"logprobs":false}
            """#
        )
        #expect(request.sampling.temperature == 0.5)
        #expect(request.sampling.topP == nil)
        #expect(request.sampling.stop == ["a", "b"])
        #expect(request.maximumTokens == 7)
        #expect(request.isStreaming)
        #expect(request.includesUsage)
    }

    @Test(
        arguments: [
            ("[]", nil),
            ("{}", "model"),
            (#"{"model":7,"messages":[]}"#, "model"),
            (#"{"model":"","messages":[]}"#, "model"),
            (#"{"model":"m"}"#, "messages"),
            (#"{"model":"m","messages":"x"}"#, "messages"),
            (#"{"model":"m","messages":[]}"#, "messages"),
            (#"{"model":"m","messages":[7]}"#, "messages[0]"),
            (#"{"model":"m","messages":[{"content":"x"}]}"#, "messages[0].role"),
            (#"{"model":"m","messages":[{"role":"king","content":"x"}]}"#, "messages[0].role"),
            (#"{"model":"m","messages":[{"role":"user"}]}"#, "messages[0].content"),
            (#"{"model":"m","messages":[{"role":"user","content":[]}]}"#, "messages[0].content"),
            (#"{"model":"m","messages":[{"role":"user","content":7}]}"#, "messages[0].content"),
            (
                #"{"model":"m","messages":[{"role":"user","content":[{"type":"text"}]}]}"#,
                "messages[0].content[0].text"
            ),
            (
                #"{"model":"m","messages":[{"role":"user","content":[{"type":"x"}]}]}"#,
                "messages[0].content[0].type"
            ),
            (#"{"model":"m","messages":[{"role":"user","content":"x"}],"temperature":"hot"}"#, "temperature"),
            (#"{"model":"m","messages":[{"role":"user","content":"x"}],"temperature":3}"#, "temperature"),
            (#"{"model":"m","messages":[{"role":"user","content":"x"}],"stream":"yes"}"#, "stream"),
            (#"{"model":"m","messages":[{"role":"user","content":"x"}],"stop":[1]}"#, "stop[0]"),
            (#"{"model":"m","messages":[{"role":"user","content":"x"}],"n":0}"#, "n"),
            (#"{"model":"m","messages":[{"role":"user","content":"x"}],"n":1.5}"#, "n"),
            (
                #"{"model":"m","messages":[{"role":"user","content":"x"}],"tools":[{"type":"x"}]}"#,
                "tools[0].type"
            ),
            (
                #"{"model":"m","messages":[{"role":"user","content":"x"}],"stream_options":7}"#,
                "stream_options"
            ),
            (#"{"model":"m","messages":[{"role":"tool","content":"x"}]}"#, "messages[0].tool_call_id"),
        ] as [(String, String?)]
    )
    func `What is wrong is named by its path`(body: String, parameter: String?) throws {
        let error = #expect(throws: GatewayError.self) { try decode(body) }
        #expect(error?.kind == .invalidRequest)
        #expect(error?.parameter == parameter)
    }

    @Test
    func `An error body has all four keys of the schema`() throws {
        let error = GatewayError(.invalidKey, "no")
        let body = try JSON.parse(OpenAISurface(now: { 0 }).encode(error, request: RequestID()))
        let object = try #require(body["error"]?.objectValue)
        for key in ["message", "type", "param", "code"] { #expect(object[key] != nil) }
        #expect(object["code"]?.stringValue == "invalid_api_key")
    }

    @Test(arguments: [
        (#"{"type":"json_schema","json_schema":{"strict":"yes"}}"#, "response_format.json_schema.strict"),
        (#"{"type":"json_schema","json_schema":{"name":5}}"#, "response_format.json_schema.name"),
        (
            #"{"type":"json_schema","json_schema":{"description":5}}"#,
            "response_format.json_schema.description"
        ),
    ])
    func `What is wrong in the form of the answer is named by its path`(format: String, parameter: String) {
        let body = #"{"model":"m","messages":[{"role":"user","content":"x"}],"response_format":\#(format)}"#
        let error = #expect(throws: GatewayError.self) { try decode(body) }
        #expect(error?.parameter == parameter)
    }

    @Test(arguments: [
        "", "a b", "a.b", "\\u0000", "\\r\\nX-Evil: 1", "caf\u{E9}", String(repeating: "n", count: 129),
    ])
    func `A tool has a name of letters, digits and dashes`(name: String) throws {
        func body(_ name: String) -> String {
            #"{"model":"m","messages":[{"role":"user","content":"x"}],"#
                + #""tools":[{"type":"function","function":{"name":"\#(name)"}}]}"#
        }
        let error = #expect(throws: GatewayError.self) { try decode(body(name)) }
        #expect(error?.parameter == "tools[0].function.name")
        let longest = String(repeating: "n", count: 122) + "A-z_09"
        #expect(try decode(body(longest)).tools.map(\.name) == [longest])
    }

    @Test
    func `Tools that may not be called are kept, for the conversation may speak of them`() throws {
        let tools = #""tools":[{"type":"function","function":{"name":"f"}}]"#
        let body = #"{"model":"m","messages":[{"role":"user","content":"x"}],\#(tools)"#
        #expect(try decode(body + "}").tools.count == 1)
        let silent = try decode(body + #","tool_choice":"none"}"#)
        #expect(silent.tools.count == 1)
        #expect(silent.toolChoice == .never)
    }
}
