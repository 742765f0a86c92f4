import HTTPTypes
import MartletCore
import MartletMeter
import MartletProviders
import MartletTesting
import MartletWeb
import Testing

@testable import MartletGateway

@Suite struct `The dialects of the relay` {
    private static func answer(_ text: String) -> [ScriptedUpstream.Step] {
        let record: JSON = [
            "aiRecord": [
                "status": "SUCCESS", "metadata": ["inputToken": 9, "outputToken": 3],
                "aiRecordDetail": ["resultObject": [.string(text)]],
            ]
        ]
        return [
            .head(200, contentType: "application/json"),
            .body(String(decoding: record.serialized(), as: UTF8.self)),
        ]
    }

    private func post(_ path: String, _ body: String, to gateway: TestGateway, key: String = "k1")
        -> TestGateway
        .Answer
    {
        gateway.ask(
            Request(
                method: .post,
                path: path,
                fields: [.authorization: "Bearer \(key)", .contentType: "application/json"],
                clientAddress: "192.0.2.1",
                body: FixedBody(body)
            )
        )
    }

    private func send(
        _ method: HTTPRequest.Method,
        _ path: String,
        query: String? = nil,
        to gateway: TestGateway,
        key: String = "k1"
    ) -> TestGateway.Answer {
        gateway.ask(
            Request(method: method, path: path, query: query, fields: [.authorization: "Bearer \(key)"])
        )
    }

    private func prompt(_ gateway: TestGateway, _ number: Int) -> String {
        let body = gateway.upstream.received[number].body ?? []
        return (try? JSON.parse(body))?["promptObject"]?["prompt"]?.stringValue ?? ""
    }

    @Test func `an empty account has each dialect's own status`() throws {
        let chat = #""model":"gpt-4o-mini","max_tokens":9,"messages":[{"role":"user","content":"Hi"}]"#
        for (path, status) in [("/v1/messages", 402), ("/v1/chat/completions", 429)] {
            let gateway = try TestGateway([[.head(402, contentType: "application/json"), .body("{}")]])
            #expect(post(path, "{\(chat)}", to: gateway).status == status)
        }
    }

    @Test func `a schema counts in the limit, and what is said of a response has bounds`() throws {
        let long = String(repeating: "word ", count: 300)
        let format = #"{"type":"json_schema","name":"n","schema":{"type":"object","description":"\#(long)"}}"#
        let gateway = try TestGateway([], rule: RateRule(tokensPerMinute: 200))
        let body = #"{"model":"gpt-4o-mini","input":"Hi","text":{"format":\#(format)}}"#
        #expect(post("/v1/responses", body, to: gateway).status == 429)
        let metadata = #"{"model":"gpt-4o-mini","input":"Hi","metadata":{"k":"\#(long)"}}"#
        let refused = post("/v1/responses", metadata, to: gateway)
        #expect(refused.status == 400 && refused.json?["error"]?["param"] == "metadata.k")
        #expect(gateway.upstream.received.isEmpty)
    }

    @Test func `a response is kept, goes on, and is gone when it is deleted`() throws {
        let gateway = try TestGateway([Self.answer("Hello Ada")])
        let first = post("/v1/responses", #"{"model":"gpt-4o-mini","input":"I am Ada"}"#, to: gateway)
        let id = try #require(first.json?["id"]?.stringValue)
        let kept = send(.get, "/v1/responses/\(id)", to: gateway)
        #expect(kept.status == 200 && kept.json == first.json)

        let second = post(
            "/v1/responses",
            #"{"model":"gpt-4o-mini","input":"Who am I?","previous_response_id":"\#(id)"}"#,
            to: gateway
        )
        #expect(second.status == 200)
        #expect(prompt(gateway, 1) == "User: I am Ada\n\nAssistant: Hello Ada\n\nUser: Who am I?")

        #expect(send(.delete, "/v1/responses/\(id)", to: gateway).json?["deleted"] == true)
        #expect(send(.get, "/v1/responses/\(id)", to: gateway).status == 404)
        let last = try #require(second.json?["id"]?.stringValue)
        let third = post(
            "/v1/responses",
            #"{"model":"gpt-4o-mini","input":"And now?","previous_response_id":"\#(last)"}"#,
            to: gateway
        )
        #expect(third.status == 404 && third.code == "previous_response_not_found")
        #expect(gateway.upstream.received.count == 2)
    }

    @Test func `looking at stored responses counts, and is no stream`() throws {
        let rule = RateRule(requestsPerMinute: 3)
        let gateway = try TestGateway([Self.answer("Hello")], rule: rule)
        let body = #"{"model":"gpt-4o-mini","input":"Hi"}"#
        let id = try #require(post("/v1/responses", body, to: gateway).json?["id"]?.stringValue)
        let streamed = send(.get, "/v1/responses/\(id)", query: "stream=true", to: gateway)
        #expect(streamed.status == 400 && streamed.json?["error"]?["param"] == "stream")
        for _ in 1...3 { #expect(send(.get, "/v1/responses/\(id)", to: gateway).status == 200) }
        for path in ["/v1/responses/\(id)", "/v1/responses/\(id)/input_items", "/v1/responses/resp_none"] {
            #expect(send(.get, path, to: gateway).status == 429)
        }
        #expect(send(.delete, "/v1/responses/\(id)", to: gateway).status == 429)
    }

    @Test func `another key finds nothing`() throws {
        let gateway = try TestGateway([Self.answer("Hello")])
        let body = #"{"model":"gpt-4o-mini","input":"Hi"}"#
        let id = try #require(post("/v1/responses", body, to: gateway).json?["id"]?.stringValue)
        for path in ["/v1/responses/\(id)", "/v1/responses/\(id)/input_items"] {
            #expect(send(.get, path, to: gateway, key: "k2").status == 404)
        }
        #expect(send(.delete, "/v1/responses/\(id)", to: gateway, key: "k2").status == 404)
        #expect(send(.get, "/v1/responses/\(id)", to: gateway).status == 200)
    }

    @Test func `a refused response is not kept`() throws {
        let gateway = try TestGateway([[.head(500, contentType: "text/plain")]])
        #expect(post("/v1/responses", #"{"model":"gpt-4o-mini","input":"Hi"}"#, to: gateway).status == 502)
        #expect(send(.get, "/v1/responses/resp_1", to: gateway).status == 404)
    }

    @Test(arguments: [
        ("limit=0", "limit"), ("limit=x", "limit"), ("order=up", "order"), ("after=nothing", "after"),
    ])
    func `a bad page of input items names its field`(query: String, parameter: String) throws {
        let gateway = try TestGateway([Self.answer("Hello")])
        let body = #"{"model":"gpt-4o-mini","input":"Hi"}"#
        let id = try #require(post("/v1/responses", body, to: gateway).json?["id"]?.stringValue)
        let answer = send(.get, "/v1/responses/\(id)/input_items", query: query, to: gateway)
        #expect(answer.status == 400 && answer.json?["error"]?["param"]?.stringValue == parameter)
    }

    private static let wanted =
        #"{"model":"gpt-4o-mini","messages":[{"role":"user","content":"Hi"}],"response_format":"#
        + #"{"type":"json_schema","json_schema":{"schema":{"type":"object","required":["a"]}}}}"#

    @Test func `what does not fit is asked for once more, and both rounds count`() throws {
        let gateway = try TestGateway([Self.answer("{}"), Self.answer("```json\n{\"a\":1}\n```")])
        let answer = post("/v1/chat/completions", Self.wanted, to: gateway)
        #expect(answer.json?["choices"]?[0]?["message"]?["content"]?.stringValue == #"{"a":1}"#)
        #expect(answer.json?["usage"]?["total_tokens"]?.intValue == 24)
        #expect(prompt(gateway, 1).contains("Assistant: {}") && prompt(gateway, 1).contains("a is missing"))
        #expect(answer.context.facts.attempts == 2)
    }

    @Test func `what never fits is an error, and is paid all the same`() throws {
        let gateway = try TestGateway([Self.answer("{}")])
        let answer = post("/v1/chat/completions", Self.wanted, to: gateway)
        #expect(answer.status == 502 && answer.code == "invalid_structured_output")
        #expect(gateway.upstream.received.count == 2)
        #expect(answer.context.facts.usage == TokenUsage(input: 18, output: 6))
    }

    @Test func `a failure in the second round is told`() throws {
        let gateway = try TestGateway([Self.answer("{}"), [.head(401, contentType: "text/plain")]])
        #expect(post("/v1/chat/completions", Self.wanted, to: gateway).status == 401)
    }

    @Test func `a held answer sends heartbeats and nothing else before it is whole`() throws {
        let stream: [ScriptedUpstream.Step] = [
            .head(200, contentType: "text/event-stream"), .heartbeat,
            .body("event: content\ndata: {\"content\":\"Sure: {\\\"a\\\":\"}\n\n"), .heartbeat,
            .body("event: content\ndata: {\"content\":\"1}\"}\n\nevent: done\ndata: {}\n\n"),
        ]
        let gateway = try TestGateway([stream])
        let body = String(Self.wanted.dropLast()) + #","stream":true}"#
        let answer = post("/v1/chat/completions", body, to: gateway)
        #expect(answer.writer.text.hasPrefix(": waiting\n\n: waiting\n\ndata: {"))
        #expect(answer.writer.text.contains(#""content":"{\"a\":1}""#))
        #expect(!answer.writer.text.contains("Sure"))
    }

    private static let tools = #""tools":[{"type":"function","function":{"name":"look"}}]"#

    @Test func `tools are refused where they are off, and called where they are on`() throws {
        let body = #"{"model":"gpt-4o-mini","messages":[{"role":"user","content":"Hi"}],\#(Self.tools)}"#
        let off = post("/v1/chat/completions", body, to: try TestGateway([Self.answer("x")]))
        #expect(off.status == 400 && off.json?["error"]?["param"]?.stringValue == "tools")
        for name in ["*", "gpt-4o-mini", "old-name"] {
            let call = Self.answer(#"<tool_call>{"name":"look"}</tool_call>"#)
            let gateway = try TestGateway([call], rules: ModelRules(emulatesTools: [ModelName(name)]))
            let on = post("/v1/chat/completions", body, to: gateway)
            let choice = on.json?["choices"]?[0]
            #expect(choice?["finish_reason"]?.stringValue == "tool_calls")
            #expect(choice?["message"]?["tool_calls"]?[0]?["function"]?["name"]?.stringValue == "look")
            #expect(choice?["message"]?["content"] == .some(.null))
        }
    }

    @Test func `a model that writes code is asked at its own address`() throws {
        let gateway = try TestGateway([Self.answer("code")])
        let body = #"{"model":"coder","messages":[{"role":"user","content":"Sort"}]}"#
        let answer = post("/v1/chat/completions", body, to: gateway)
        #expect(answer.json?["choices"]?[0]?["message"]?["content"]?.stringValue == "code")
        #expect(gateway.upstream.received[0].url == "https://vendor.test/api/features")
        let searching = body.split(separator: "coder").joined(separator: "coder:online")
        #expect(post("/v1/chat/completions", searching, to: gateway).status == 400)
    }

    @Test func `errors at Anthropic's addresses are in its dialect, whoever finds them`() throws {
        let gateway = try TestGateway([Self.answer("x")])
        for (method, path) in [
            (HTTPRequest.Method.get, "/v1/messages"), (.post, "/v1/messages/batches"),
            (.post, "/v1/messages"),
        ] {
            let answer = send(method, path, to: gateway)
            #expect(answer.json?["type"]?.stringValue == "error")
            let field = answer.context.responseFields[HTTPField.Name("request-id") ?? .age]
            #expect(answer.json?["request_id"]?.stringValue == field)
        }
        #expect(send(.get, "/v1/messagesx", to: gateway).json?["type"] == nil)
    }

    @Test func `tokens are counted without the vendor`() throws {
        let gateway = try TestGateway([Self.answer("x")])
        let body = #"{"model":"gpt-4o-mini","messages":[{"role":"user","content":"Hi"}]}"#
        let answer = post("/v1/messages/count_tokens", body, to: gateway)
        #expect(answer.json == ["input_tokens": 8])
        // What a tool adds to the prompt counts.
        let tool = #","tools":[{"name":"look","input_schema":{"type":"object"}}]}"#
        let emulating = try TestGateway([], rules: ModelRules(emulatesTools: ["*"]))
        let more = post("/v1/messages/count_tokens", String(body.dropLast()) + tool, to: emulating)
        #expect((more.json?["input_tokens"]?.intValue ?? 0) > 80)
        #expect(gateway.upstream.received.isEmpty)
    }
}
