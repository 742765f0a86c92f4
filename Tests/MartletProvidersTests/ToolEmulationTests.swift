import MartletCore
import Testing

@testable import MartletProviders

@Suite struct `Emulated tools` {
    private func request(_ change: (inout ChatRequest) -> Void = { _ in }) -> ChatRequest {
        var request = ChatRequest(model: "m", messages: [Message(role: .user, parts: [.text("Hi")])])
        request.tools = [
            Tool(name: "weather", summary: "Asks.", parameters: ["type": "object"]), Tool(name: "time"),
        ]
        change(&request)
        return request
    }

    private func calls(_ text: String, _ change: (inout ChatRequest) -> Void = { _ in }) throws -> [String]? {
        let tools = try #require(ToolEmulation(request(change)))
        guard case .calls(let calls, let lead) = tools.read(text) else { return nil }
        return (lead.isEmpty ? [] : ["lead \(lead)"]) + calls.map { "\($0.name) \($0.arguments)" }
    }

    @Test(arguments: [
        #"<tool_call>{"name": "weather", "arguments": {"city":"Oslo"}}</tool_call>"#,
        #"<tool_call>{"name": "weather", "arguments": {"city":"Oslo"}}"#,
        #"<tool_call>```json{"name": "weather", "arguments": {"city":"Oslo",},}```</tool_call>"#,
        #"<function_call>{"name":"weather","arguments":"{\"city\":\"Oslo\"}"}</function_call>"#,
        #"{"name":"weather","arguments":{"city":"Oslo"}}"#,
        #"{"name":"weather","parameters":{"city":"Oslo"}}"#,
        #"[{"name":"weather","arguments":{"city":"Oslo"}}]"#,
        #"{"tool_calls":[{"type":"function","function":{"name":"weather","arguments":"{\"city\":\"Oslo\"}"}}]}"#,
        "```json\n{\"name\":\"weather\",\"arguments\":{\"city\":\"Oslo\"},}\n```",
    ])
    func `a call is read however the model spells it`(text: String) throws {
        #expect(try calls(text) == [#"weather {"city":"Oslo"}"#])
    }

    @Test func `text before a call stays, and several calls are several`() throws {
        let two =
            "I look. <tool_call>{\"name\":\"time\"}</tool_call>\n<tool_call>{\"name\":\"weather\",\"arguments\":{}}"
        #expect(try calls(two) == ["lead I look.", "time {}", "weather {}"])
        #expect(try calls(two) { $0.callsToolsInParallel = false } == ["lead I look.", "time {}"])
    }

    @Test(arguments: [
        "Hello", #"{"name":"Ada","age":36}"#, #"{"name":"x","parameters":{"type":"object"}}"#,
        "```\ncode\n```",
    ])
    func `what is no call is text`(text: String) throws {
        #expect(try #require(ToolEmulation(request())).read(text) == .text)
    }

    @Test(arguments: [
        "<tool_call>what?</tool_call>", #"<tool_call>{"name":"none","arguments":{}}</tool_call>"#,
        #"<tool_call>{"name":"weather","arguments":[1]}</tool_call>"#, "<tool_call>",
        #"<tool_call>{"name":"weather","arguments":"city"}</tool_call>"#,
    ])
    func `a call that nobody can follow is unusable`(text: String) throws {
        guard case .unusable = try #require(ToolEmulation(request())).read(text) else {
            Issue.record("not unusable")
            return
        }
    }

    @Test func `arguments must fit the tool's schema, where it can be read`() throws {
        let strict: JSON = [
            "type": "object", "properties": ["city": ["type": "string"]], "required": ["city"],
        ]
        for (schema, arguments, isRefused) in [
            (strict, #"{"city":"Oslo"}"#, false), (strict, #"{"town":3}"#, true),
            (strict, #"{"city":3}"#, true),
            (["type": 7], #"{"town":3}"#, false),
        ] as [(JSON, String, Bool)] {
            let tools = try #require(
                ToolEmulation(request { $0.tools = [Tool(name: "weather", parameters: schema)] })
            )
            let reading = tools.read(#"<tool_call>{"name":"weather","arguments":\#(arguments)}</tool_call>"#)
            if case .unusable(let problem) = reading {
                #expect(isRefused && problem.contains("city"))
            } else {
                #expect(!isRefused)
            }
        }
    }

    @Test func `tools in the spelling of 2023 are not dropped without a word`() throws {
        let body = #"{"model":"m","messages":[{"role":"user","content":"x"}],"functions":[{"name":"f"}]}"#
        #expect(throws: GatewayError.self) {
            try OpenAISurface(now: { 0 }).decode(JSON.parse(Array(body.utf8)))
        }
    }

    @Test func `a choice is held to`() throws {
        let required = try #require(ToolEmulation(request { $0.toolChoice = .required }))
        #expect(required.isRequired && required.read("Hello") == .unusable("You must call a tool."))
        let named = try #require(ToolEmulation(request { $0.toolChoice = .named("time") }))
        let other = named.read(#"<tool_call>{"name":"weather"}</tool_call>"#)
        #expect(other == .unusable("You must call the tool 'time' and no other."))
        #expect(ToolEmulation(request { $0.tools = [] }) == nil)
    }

    @Test func `the request goes out as text, with earlier calls in the spelling that is asked for`() throws {
        let asked = request { request in
            let call = ToolCall(id: "c1", name: "weather", arguments: #"{"city":"Oslo"}"#)
            request.messages = [
                Message(role: .system, parts: [.text("Be kind.")]),
                Message(role: .user, parts: [.text("Hi")]),
                Message(role: .assistant, parts: [.toolCall(call)]),
                Message(role: .tool, parts: [.toolResult(ToolResult(callID: "c1", text: "Rain"))]),
            ]
            request.toolChoice = .named("weather")
        }
        let plain = try #require(ToolEmulation(asked)).request(for: asked)
        #expect(plain.tools.isEmpty && plain.toolChoice == .automatic)
        #expect(plain.messages.map(\.role) == [.system, .system, .user, .assistant, .user])
        #expect(plain.messages[1].text.contains(#"{"name":"weather","description":"Asks.","parameters":{"#))
        #expect(plain.messages[1].text.contains("You must call the tool 'weather' now."))
        let spelled = #"<tool_call>{"name":"weather","arguments":{"city":"Oslo"}}</tool_call>"#
        #expect(plain.messages[3].text == spelled)
        #expect(plain.messages[4].text == "<tool_result>weather: Rain</tool_result>")
    }
}
