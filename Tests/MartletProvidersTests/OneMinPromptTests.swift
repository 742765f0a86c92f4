import MartletCore
import Testing

@testable import MartletProviders

@Suite("The prompt for 1min.ai")
struct OneMinPromptTests {
    @Test
    func `A lone user message goes as it is`() throws {
        #expect(try prompt(#"[{"role":"user","content":"  Hi\n there "}]"#) == "  Hi\n there ")
    }

    @Test
    func `Instructions come first, then the labelled turns in order`() throws {
        let text = try prompt(
            #"""
            [{"role":"user","content":"A"},{"role":"assistant","content":"B"},{"role":"system","content":"S"},
             {"role":"developer","content":"D"},{"role":"user","content":"C"}]
            """#
        )
        #expect(text == "System: S\n\nD\n\nUser: A\n\nAssistant: B\n\nUser: C")
    }

    @Test
    func `Tool calls and their results become text with the tool's name`() throws {
        let text = try prompt(
            #"""
            [{"role":"user","content":"Weather?"},
             {"role":"assistant","content":null,"tool_calls":[{"id":"c1","type":"function","function":
               {"name":"weather","arguments":"{\"city\":\"Oslo\"}"}}]},
             {"role":"tool","tool_call_id":"c1","content":"rain"}]
            """#
        )
        #expect(
            text == "User: Weather?\n\nAssistant: [calls the tool weather as c1 with {\"city\":\"Oslo\"}]"
                + "\n\nResult of the tool weather (c1): rain"
        )
    }

    @Test
    func `Text parts are joined with line feeds, and names are kept`() throws {
        let text = try prompt(
            #"""
            [{"role":"user","name":"Ann","content":[{"type":"text","text":"a"},{"type":"text","text":"b"}]},
             {"role":"user","content":"c"}]
            """#
        )
        #expect(text == "User (Ann): a\nb\n\nUser: c")
    }

    @Test
    func `A wish for JSON becomes an instruction`() throws {
        let body =
            #"{"model":"m","response_format":{"type":"json_object"},"messages":[{"role":"user","content":"x"}]}"#
        let request = try OpenAISurface(now: { 0 }).decode(JSON.parse(Array(body.utf8)))
        #expect(OneMinPrompt.text(of: request).hasPrefix("System: Answer with one JSON object"))
    }

    @Test(arguments: [
        ("low", "System: Answer at once"), ("minimal", "System: Answer at once"),
        ("high", "System: Before you answer, think"), ("xhigh", "System: Before you answer, think"),
        ("medium", "x"), ("vendor's own", "x"),
    ])
    func `An effort is asked for in words, without a form of the answer as well as with one`(
        effort: String,
        start: String
    ) throws {
        let fields = #""model":"m","reasoning_effort":"\#(effort)""#
        let chat = #"{\#(fields),"messages":[{"role":"user","content":"x"}]}"#
        let request = try OpenAISurface(now: { 0 }).decode(JSON.parse(Array(chat.utf8)))
        #expect(OneMinPrompt.text(of: request).hasPrefix(start))
        let response = #"{\#(fields),"input":"x","text":{"format":{"type":"json_object"}}}"#
        let formed = try ResponsesSurface(now: { 0 }).decode(JSON.parse(Array(response.utf8)))
        let text = OneMinPrompt.text(of: formed)
        #expect(text.contains("Answer with one JSON object"))
        #expect(text.hasPrefix(start) == (start != "x"))
    }

    @Test
    func `Anthropic's word for the effort counts as well`() throws {
        let body =
            #"{"model":"m","max_tokens":9,"output_config":{"effort":"max"},"messages":[{"role":"user","content":"x"}]}"#
        let request = try AnthropicSurface().decode(JSON.parse(Array(body.utf8)))
        #expect(OneMinPrompt.text(of: request).hasPrefix("System: Before you answer, think"))
    }

    @Test
    func `What a tool shows stands with the user's words behind the result`() throws {
        let shown = #"{"type":"image_url","image_url":{"url":"https://e.org/a.png"}}"#
        let chat = #"""
            {"model":"m","messages":[{"role":"user","content":"x"},{"role":"tool","tool_call_id":"c1","content":
              [{"type":"text","text":"seen"},\#(shown)]}]}
            """#
        let item = #"{"type":"input_image","image_url":"https://e.org/a.png"}"#
        let response = #"""
            {"model":"m","input":[{"role":"user","content":"x"},{"type":"function_call_output","call_id":"c1","output":
              [{"type":"input_text","text":"seen"},\#(item)]}]}
            """#
        for request in [
            try OpenAISurface(now: { 0 }).decode(JSON.parse(Array(chat.utf8))),
            try ResponsesSurface(now: { 0 }).decode(JSON.parse(Array(response.utf8))),
        ] {
            #expect(request.messages.map(\.role) == [.user, .tool, .user])
            #expect(request.messages[1].parts == [.toolResult(ToolResult(callID: "c1", text: "seen"))])
            guard case .media(let media)? = request.messages.last?.parts.first else {
                Issue.record("the picture is lost")
                continue
            }
            #expect(media.source == .url("https://e.org/a.png"))
        }
    }

    private func prompt(_ messages: String) throws -> String {
        let body = try JSON.parse(Array(#"{"model":"m","messages":\#(messages)}"#.utf8))
        return OneMinPrompt.text(of: try OpenAISurface(now: { 0 }).decode(body))
    }
}
