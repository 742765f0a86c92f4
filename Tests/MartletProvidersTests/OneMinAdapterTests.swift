import HTTPTypes
import MartletCore
import Testing

@testable import MartletProviders

@Suite("Requests to 1min.ai")
struct OneMinAdapterTests {
    private let adapter = OneMinAdapter()
    private let endpoint = Endpoint(origin: "https://api.1min.ai", key: Secret("k1"))

    private func request() -> ChatRequest {
        ChatRequest(model: "gpt-4o-mini", messages: [Message(role: .user, parts: [.text("Hi")])])
    }

    @Test
    func `A request goes to the unified endpoint with memories and mixed history off`() throws {
        let sent = try adapter.upstreamRequest(for: request(), at: endpoint)
        #expect(sent.url == "https://api.1min.ai/api/chat-with-ai")
        #expect(HTTPField.Name("API-KEY").flatMap { sent.fields[$0] } == "k1")
        #expect(sent.fields[.authorization] == nil)
        let expected =
            #"{"type":"UNIFY_CHAT_WITH_AI","model":"gpt-4o-mini","promptObject":{"prompt":"Hi","settings":"#
            + #"{"historySettings":{"isMixed":false},"withMemories":false}}}"#
        #expect(String(decoding: sent.body ?? [], as: UTF8.self) == expected)
    }

    @Test
    func `A stream is asked for in the address`() throws {
        var request = request()
        request.isStreaming = true
        #expect(try adapter.upstreamRequest(for: request, at: endpoint).url.hasSuffix("?isStreaming=true"))
    }

    @Test
    func `A refused web search is tried once more without it`() throws {
        var request = request()
        request.webSearch = WebSearch(sites: 1, words: 500)
        let body = try JSON.parse(try adapter.upstreamRequest(for: request, at: endpoint).body ?? [])
        #expect(body["promptObject"]?["settings"]?["webSearchSettings"]?["webSearch"]?.boolValue == true)
        let failure = adapter.failure(status: 400, fields: [:], body: [])
        let amended = try #require(adapter.amended(request, after: failure))
        #expect(amended.webSearch == nil)
        #expect(adapter.amended(amended, after: failure) == nil)
        let refusedKey = adapter.failure(status: 401, fields: [:], body: [])
        #expect(adapter.amended(request, after: refusedKey) == nil)
    }

    @Test(
        arguments: [
            (
                401, #"{"success":false,"error":{"code":"UNAUTHORIZED","message":"no"}}"#, "keyRefused",
                "UNAUTHORIZED"
            ),
            (
                400, #"{"errorCode":"UNSUPPORTED_MODEL","message":"gpt-9"}"#, "modelRefused",
                "UNSUPPORTED_MODEL"
            ),
            (400, #"{"message":"OPEN_AI_UNEXPECTED_ERROR"}"#, "serverFailed", "OPEN_AI_UNEXPECTED_ERROR"),
            (422, #"{"error":{"code":"PROMPT_OBJECT_VALIDATION_FAILED"}}"#, "requestRefused", nil),
            (409, #"{"message":"bad ratio"}"#, "requestRefused", nil),
            (402, "", "creditExhausted", nil),
            (429, #"{"error":{"code":"RATE_LIMITED"}}"#, "rateLimited", "RATE_LIMITED"),
            (500, #"{"detail":"x"}"#, "serverFailed", nil),
            (502, "<html>bad</html>", "serverFailed", nil),
            (504, "", "timedOut", nil),
            (400, #"{"error":"text"}"#, "requestRefused", nil),
        ] as [(Int, String, String, String?)]
    )
    func `Every shape of error is understood`(status: Int, body: String, kind: String, code: String?) {
        let failure = adapter.failure(status: status, fields: [:], body: Array(body.utf8))
        #expect("\(failure.kind)" == kind)
        if let code { #expect(failure.code == code) }
        #expect(failure.status == status)
    }

    @Test
    func `An upstream's text shows neither addresses nor keys nor HTML`() {
        #expect(UpstreamText.safe("failed at https://10.0.0.1/x?key=1 for sk-abc") == "failed at … for …")
        #expect(UpstreamText.safe("key 0123456789abcdef0123456789abcdef is bad") == "key … is bad")
        #expect(UpstreamText.safe("<html>x</html>") == nil)
        #expect(UpstreamText.safe(String(repeating: "word ", count: 1_000))?.count == 500)
    }

    @Test
    func `Retry-After is handed on, within reason`() {
        let failure = adapter.failure(status: 429, fields: [.retryAfter: "7"], body: [])
        #expect(failure.retryAfter == .seconds(7))
        #expect(adapter.failure(status: 429, fields: [.retryAfter: "-7"], body: []).retryAfter == nil)
    }

    @Test
    func `What 1min.ai cannot do is refused by name of the field`() {
        var several = request()
        several.choices = 2
        #expect(throws: GatewayError.self) { try adapter.upstreamRequest(for: several, at: endpoint) }
        var tools = request()
        tools.tools = [Tool(name: "t")]
        let error = #expect(throws: GatewayError.self) {
            try adapter.upstreamRequest(for: tools, at: endpoint)
        }
        #expect(error?.parameter == "tools")
    }
}
