import HTTPTypes
import MartletCore
import MartletMeter
import MartletProviders
import MartletTesting
import MartletWeb
import Testing

@testable import MartletGateway

@Suite("Limits of jobs")
struct JobLimitsTests {
    private func left(_ answers: [[ScriptedUpstream.Step]]) throws -> Int? {
        let gateway = try TestGateway(answers, rule: RateRule(requestsPerMinute: 60, tokensPerMinute: 1_000))
        let request = {
            Request(
                method: .post,
                path: "/v1/images/generations",
                fields: [.authorization: "Bearer k1", .contentType: "application/json"],
                clientAddress: "192.0.2.1",
                body: FixedBody(#"{"prompt":"one two three four","model":"flux"}"#)
            )
        }
        _ = gateway.ask(request())
        let second = gateway.ask(request())
        return second.context.responseFields[HTTPField.Name("x-ratelimit-remaining-tokens") ?? .age]
            .flatMap(Int.init)
    }

    private static let made: [ScriptedUpstream.Step] = [
        .head(200, contentType: "application/json"),
        .body(
            #"{"aiRecord":{"metadata":{"inputToken":100,"outputToken":200},"#
                + #""aiRecordDetail":{"resultObject":["images/a.png"]}}}"#
        ),
    ]

    @Test
    func `what the vendor reports takes the place of the estimate`() throws {
        // 300 of the first, the estimate of the second.
        #expect(try left([Self.made]).map { (690..<700).contains($0) } == true)
    }

    @Test
    func `a refused job gives its tokens back, one that may have begun does not`() throws {
        let refused = try left([[.head(400, contentType: "text/plain"), .body("no")]])
        let begun = try left([[.head(504, contentType: "text/plain")]])
        let gone = try left([[.clientLeaves]])
        #expect(refused.map { $0 >= 990 } == true)
        #expect(refused == begun.map { $0 + 4 })
        #expect(gone == begun)
    }
}
