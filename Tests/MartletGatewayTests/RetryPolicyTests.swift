import MartletCore
import MartletProviders
import MartletTesting
import MartletUpstream
import Testing

@testable import MartletGateway

@Suite("Retries")
struct RetryPolicyTests {
    private static func failure(
        _ kind: UpstreamFailure.Kind,
        status: Int? = nil,
        transient: Bool = false,
        unsent: Bool = false,
        after: Duration? = nil
    ) -> UpstreamFailure {
        var failure = UpstreamFailure(kind, status: status, retryAfter: after)
        failure.isTransient = transient
        failure.isUnsent = unsent
        return failure
    }

    private static let cases: [(UpstreamFailure, chat: Bool, job: Bool)] = [
        (failure(.serverFailed, status: 400, transient: true), true, true),
        (failure(.connectionFailed, unsent: true), true, true), (failure(.connectionFailed), false, false),
        (failure(.serverFailed, status: 502), true, false),
        (failure(.serverFailed, status: 503), true, false),
        (failure(.serverFailed, status: 500), false, false), (failure(.serverFailed), false, false),
        (failure(.timedOut, status: 504), false, false), (failure(.timedOut), false, false),
        (failure(.requestRefused, status: 400), false, false),
        (failure(.keyRefused, status: 401), false, false),
        (failure(.creditExhausted), false, false), (failure(.modelRefused), false, false),
        (failure(.rateLimited, status: 429), false, false),
        (failure(.rateLimited, status: 429, after: .seconds(1)), true, true),
        (failure(.rateLimited, status: 429, after: .seconds(7)), false, false),
        (failure(.serverFailed, status: 503, after: .seconds(60)), false, false),
    ]

    @Test(arguments: cases)
    func `only what cannot have happened yet is asked again`(failure: UpstreamFailure, chat: Bool, job: Bool)
    {
        let policy = RetryPolicy()
        #expect((policy.pause(after: failure, try: 1, of: .chat) != nil) == chat)
        #expect((policy.pause(after: failure, try: 1, of: .job) != nil) == job)
        #expect(policy.pause(after: failure, try: 3, of: .chat) == nil)
        #expect(policy.pause(after: failure, try: 3, of: .job) == nil)
    }

    @Test
    func `pauses grow, and the vendor's own wish counts within bounds`() {
        let policy = RetryPolicy(attempts: 10)
        let busy = Self.failure(.serverFailed, transient: true)
        #expect(policy.pause(after: busy, try: 1, of: .chat) == .milliseconds(500))
        #expect(policy.pause(after: busy, try: 2, of: .chat) == .seconds(1))
        #expect(policy.pause(after: busy, try: 9, of: .chat) == .seconds(2))
        let wish = Self.failure(.serverFailed, status: 503, after: .seconds(2))
        #expect(policy.pause(after: wish, try: 1, of: .chat) == .seconds(2))
        #expect(
            policy.pause(after: Self.failure(.serverFailed, status: 503, after: .zero), try: 1, of: .chat)
                == .milliseconds(500)
        )
    }

    @Test
    func `a busy vendor is asked three times, and an answer then is an answer`() throws {
        let busy: [ScriptedUpstream.Step] = [
            .head(400, contentType: "application/json"), .body(#"{"message":"OPEN_AI_UNEXPECTED_ERROR"}"#),
        ]
        let good: [ScriptedUpstream.Step] = [
            .head(200, contentType: "application/json"),
            .body(#"{"aiRecord":{"aiRecordDetail":{"resultObject":["Hi"]}}}"#),
        ]
        let gateway = try TestGateway([busy, busy, good])
        #expect(gateway.chat().status == 200)
        #expect(gateway.upstream.received.count == 3)
        let never = try TestGateway([busy])
        #expect(never.chat().status == 502)
        #expect(never.upstream.received.count == 3)
    }

    @Test
    func `a wrong value is not asked again`() throws {
        let wrong: [ScriptedUpstream.Step] = [
            .head(400, contentType: "application/json"),
            .body(
                #"{"errorCode":"OPEN_AI_UNEXPECTED_ERROR","message":"Invalid value. Supported values are: 'a'."}"#
            ),
        ]
        let gateway = try TestGateway([wrong])
        #expect(gateway.chat().status == 400)
        #expect(gateway.upstream.received.count == 1)
    }

    @Test
    func `nothing is asked again once a piece has gone out`() throws {
        let cut: [ScriptedUpstream.Step] = [
            .head(200, contentType: "text/event-stream"),
            .body("event: content\ndata: {\"content\":\"Hel\"}\n\n"),
            .failure(Self.failure(.serverFailed, status: 502, transient: true)),
        ]
        let gateway = try TestGateway([cut])
        _ = gateway.chat(
            #"{"model":"gpt-4o-mini","stream":true,"messages":[{"role":"user","content":"Hi"}]}"#
        )
        #expect(gateway.upstream.received.count == 1)
    }
}
