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

    private func prompt(_ messages: String) throws -> String {
        let body = try JSON.parse(Array(#"{"model":"m","messages":\#(messages)}"#.utf8))
        return OneMinPrompt.text(of: try OpenAISurface(now: { 0 }).decode(body))
    }
}
