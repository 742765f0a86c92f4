import HTTPTypes
import MartletCore
import MartletMeter
import MartletProviders
import MartletTesting
import MartletWeb
import Testing

@testable import MartletGateway

@Suite("POST /v1/chat/completions")
struct ChatCompletionsTests {
    private static let record =
        #"{"aiRecord":{"status":"SUCCESS","metadata":{"inputToken":9,"outputToken":3},"#
        + #""aiRecordDetail":{"resultObject":["Hello"]}}}"#
    private static let whole: [ScriptedUpstream.Step] = [
        .head(200, contentType: "application/json"), .body(record),
    ]
    private static let stream: [ScriptedUpstream.Step] = [
        .head(200, contentType: "text/event-stream"),
        .body("event: content\ndata: {\"content\":\"Hel\"}\n\n"),
        .body("event: content\ndata: {\"content\":\"lo\"}\n\n"),
        .body("event: result\ndata: \(record)\n\n"),
    ]
    private let streamed =
        #"{"model":"gpt-4o-mini","stream":true,"messages":[{"role":"user","content":"Hi"}]}"#

    @Test
    func `a whole answer is OpenAI's object with the vendor's usage`() throws {
        let answer = try TestGateway([Self.whole]).chat()
        #expect(answer.status == 200)
        let json = try #require(answer.json)
        #expect(json["object"]?.stringValue == "chat.completion")
        #expect(json["choices"]?[0]?["message"]?["content"]?.stringValue == "Hello")
        #expect(json["choices"]?[0]?["finish_reason"]?.stringValue == "stop")
        #expect(json["usage"]?["total_tokens"]?.intValue == 12)
        #expect(
            answer.context.responseFields[HTTPField.Name("x-ratelimit-remaining-requests") ?? .age] == "59"
        )
    }

    @Test
    func `each piece of a stream is sent on at once`() throws {
        let answer = try TestGateway([Self.stream]).chat(streamed)
        #expect(answer.writer.flushes == 3)
        #expect(answer.writer.text.hasSuffix("data: [DONE]\n\n"))
        #expect(answer.writer.text.split(separator: "chatcmpl-").count == 5)
    }

    @Test
    func `an error before the first content has a status, behind it an event`() throws {
        let first: [ScriptedUpstream.Step] = [
            .head(200, contentType: "text/event-stream"),
            .body("event: error\ndata: {\"error\":\"INSUFFICIENT_CREDITS\"}\n\n"),
        ]
        let refused = try TestGateway([first]).chat(streamed)
        #expect(refused.status == 429)
        #expect(refused.code == "insufficient_quota")

        let late = try TestGateway([Array(Self.stream.prefix(2)) + [first[1]]]).chat(streamed)
        #expect(late.status == 200)
        #expect(late.writer.text.contains(#"data: {"error":{"message""#))
        #expect(late.writer.text.hasSuffix("data: [DONE]\n\n"))
        #expect(late.context.facts.label == .upstreamRejected)
    }

    @Test
    func `what came before an error is passed on, even in the same piece`() throws {
        let both = "event: content\ndata: {\"content\":\"Hel\"}\n\nevent: error\ndata: {\"error\":\"x\"}\n\n"
        let answer = try TestGateway([[.head(200, contentType: "text/event-stream"), .body(both)]]).chat(
            streamed
        )
        #expect(answer.writer.text.contains("Hel"))
        #expect(answer.writer.text.contains(#"{"error":{"message""#))
    }

    @Test
    func `a heartbeat commits the status but not the answer`() throws {
        let gateway = try TestGateway([
            [.heartbeat, .head(400, contentType: "text/plain"), .body("no search here")], Self.stream,
        ])
        let body =
            #"{"model":"gpt-4o-mini:online","stream":true,"messages":[{"role":"user","content":"Hi"}]}"#
        let answer = gateway.chat(body)
        #expect(answer.writer.text.hasPrefix(": waiting\n\n"))
        #expect(answer.writer.text.hasSuffix("data: [DONE]\n\n"))
        #expect(gateway.upstream.received.count == 2)
        #expect(answer.context.facts.attempts == 2)
    }

    @Test(arguments: [
        (401, "", 401, "invalid_api_key"), (402, "", 429, "insufficient_quota"),
        (500, "", 502, "upstream_error"),
        (400, #"{"errorCode":"UNSUPPORTED_MODEL"}"#, 404, "model_not_found"),
        (504, "", 504, "upstream_timeout"),
        (429, "", 429, "rate_limit_exceeded"), (502, "<html>", 502, "upstream_error"),
    ])
    func `a vendor's refusal has OpenAI's status and code`(
        given: Int,
        body: String,
        status: Int,
        code: String
    ) throws {
        let answer = try TestGateway([[.head(given, contentType: "text/plain"), .body(body)]]).chat()
        #expect(answer.status == status)
        #expect(answer.code == code)
    }

    @Test
    func `a key is needed, in either place`() throws {
        let gateway = try TestGateway([Self.whole])
        let missing = gateway.chat(fields: [.contentType: "application/json"])
        #expect(missing.status == 401)
        #expect(missing.code == "missing_api_key")
        let other = gateway.chat(fields: [HTTPField.Name("x-api-key") ?? .age: "k2"])
        #expect(other.status == 200)
    }

    @Test(arguments: [
        ("", 400, "invalid_json"), ("{", 400, "invalid_json"), ("[]", 400, "invalid_type"),
        ("\u{0}", 400, "invalid_json"), (String(repeating: "[", count: 5_000), 400, "invalid_json"),
        (String(repeating: " ", count: 20_000), 413, "request_too_large"),
    ])
    func `a bad body is the client's fault`(body: String, status: Int, code: String) throws {
        let answer = try TestGateway([Self.whole]).chat(body)
        #expect(answer.status == status)
        #expect(answer.code == code)
    }

    @Test
    func `another content type is refused`() throws {
        let fields: HTTPFields = [.authorization: "Bearer k", .contentType: "text/plain"]
        #expect(try TestGateway([Self.whole]).chat(fields: fields).status == 415)
    }

    @Test(arguments: [
        ("nothing", 404, "model_not_found"), ("gone", 404, "model_not_found"),
        ("gpt-image-1", 400, "model_not_supported"), ("tts-1", 400, "model_not_supported"),
    ])
    func `a model that cannot chat is refused by name`(model: String, status: Int, code: String) throws {
        let body = #"{"model":"\#(model)","messages":[{"role":"user","content":"Hi"}]}"#
        let answer = try TestGateway([Self.whole]).chat(body)
        #expect(answer.status == status)
        #expect(answer.code == code)
        if model == "gone" { #expect(answer.writer.text.contains("gpt-4o-mini")) }
        if model == "tts-1" { #expect(answer.writer.text.contains("/v1/audio/speech")) }
    }

    @Test
    func `the limit refuses with its name, its wait and its fields, and counts nothing then`() throws {
        let gateway = try TestGateway([Self.whole], rule: RateRule(requestsPerMinute: 2))
        #expect(gateway.chat().status == 200)
        #expect(gateway.chat().status == 200)
        let refused = gateway.chat()
        #expect(refused.status == 429)
        #expect(refused.writer.text.contains("requests per minute"))
        #expect(refused.context.responseFields[.retryAfter] == "60")
        #expect(gateway.upstream.received.count == 2)
    }

    @Test
    func `an invented key buys no fresh window`() throws {
        let gateway = try TestGateway([Self.whole], rule: RateRule(requestsPerMinute: 1))
        let json = "application/json"
        #expect(gateway.chat(fields: [.authorization: "Bearer a", .contentType: json]).status == 200)
        #expect(gateway.chat(fields: [.authorization: "Bearer b", .contentType: json]).status == 429)
        #expect(
            gateway.chat(fields: [.authorization: "Bearer c", .contentType: json], address: "192.0.2.2")
                .status == 200
        )
    }

    @Test
    func `refused keys have a limit of their own`() throws {
        let gateway = try TestGateway([[.head(401, contentType: "text/plain")]])
        for _ in 0..<2 { #expect(gateway.chat().status == 401) }
        #expect(gateway.chat().code == "too_many_failed_authentications")
        #expect(gateway.chat(address: "192.0.2.9").status == 401)
    }

    @Test
    func `tokens are corrected to what the vendor reports`() throws {
        let gateway = try TestGateway(
            [Self.whole],
            rule: RateRule(requestsPerMinute: 60, tokensPerMinute: 1_000)
        )
        _ = gateway.chat()
        let second = gateway.chat()
        let left = second.context.responseFields[HTTPField.Name("x-ratelimit-remaining-tokens") ?? .age]
            .flatMap(Int.init)
        // 12 of the first, corrected; the estimate of the second.
        #expect(left.map { (970..<988).contains($0) } == true)
    }

    @Test
    func `a client that leaves ends the request without an error`() throws {
        let writer = RecordingWriter()
        writer.leavesAfterFlushes = 1
        let answer = try TestGateway([Self.stream]).chat(streamed, writer: writer)
        #expect(answer.context.facts.label == .clientGone)
        #expect(answer.context.facts.usage?.output == 1)
    }

    @Test
    func `a client that leaves before the first piece does not get its prompt's tokens back`() throws {
        let gateway = try TestGateway(
            [[.clientLeaves]],
            rule: RateRule(requestsPerMinute: 60, tokensPerMinute: 20)
        )
        #expect(gateway.chat().context.facts.label == .clientGone)
        #expect(gateway.chat().context.facts.label == .clientGone)
        #expect(gateway.chat().status == 429)
    }

    @Test
    func `what a vendor does behind the end of its answer changes nothing`() throws {
        let late: [ScriptedUpstream.Step] = Self.stream + [.failure(UpstreamFailure(.timedOut))]
        let answer = try TestGateway([late]).chat(streamed)
        #expect(answer.writer.text.hasSuffix("data: [DONE]\n\n"))
        #expect(answer.context.facts.label == nil)
        let silent = try TestGateway([Self.stream + [.heartbeat, .failure(UpstreamFailure(.timedOut))]]).chat(
            streamed
        )
        #expect(silent.context.facts.label == nil)
    }

    @Test
    func `a network of IPv6 is one address`() throws {
        let gateway = try TestGateway([Self.whole], rule: RateRule(requestsPerMinute: 1))
        let fields: (String) -> HTTPFields = {
            [.authorization: "Bearer \($0)", .contentType: "application/json"]
        }
        #expect(gateway.chat(fields: fields("a"), address: "2001:db8::1").status == 200)
        #expect(gateway.chat(fields: fields("b"), address: "2001:db8::2").status == 429)
        #expect(gateway.chat(fields: fields("c"), address: "2001:db8:0:1::2").status == 200)
    }

    @Test
    func `no key and no vendor's address ever reaches the client`() throws {
        let body = #"{"message":"key k1secretk1secretk1secret99 at https://inner.vendor.test/x failed"}"#
        let fields: HTTPFields = [
            .authorization: "Bearer k1secretk1secretk1secret99", .contentType: "application/json",
        ]
        let answer = try TestGateway([[.head(500, contentType: "text/plain"), .body(body)]]).chat(
            fields: fields
        )
        #expect(!answer.writer.text.contains("secret"))
        #expect(!answer.writer.text.contains("inner.vendor"))
    }
}
