import HTTPTypes
import MartletCore
import MartletProviders
import MartletTesting
import MartletUpstream
import Testing

@Suite("Whole answers")
struct WholeAnswersTests {
    private let request = UpstreamRequest(method: .get, url: "https://vendor.test/")

    private func answers(_ steps: [ScriptedUpstream.Step], total: Duration = .seconds(60)) -> WholeAnswers {
        WholeAnswers(
            through: ScriptedUpstream([steps]),
            limits: UpstreamLimits(total: total),
            watching: SilentClient { -1 }
        )
    }

    @Test
    func `pieces become one answer, whatever its status`() throws {
        let answer = try answers([.head(404, contentType: "text/plain"), .body("no"), .body("ne")]).call(
            request
        )
        #expect(
            answer
                == UpstreamAnswer(status: 404, fields: [.contentType: "text/plain"], body: Array("none".utf8))
        )
        #expect(!answer.isSuccess)
    }

    @Test
    func `an answer over the limit is a fault of the vendor's`() throws {
        let steps: [ScriptedUpstream.Step] = [
            .head(200, contentType: "text/plain"), .body("1234"), .body("5"),
        ]
        #expect(try answers(steps).call(request, limit: 5).body.count == 5)
        let failure = #expect(throws: UpstreamFailure.self) { try answers(steps).call(request, limit: 4) }
        #expect(failure?.kind == .serverFailed)
    }

    @Test
    func `a proxy is the way of every request that names no other`() throws {
        let upstream = ScriptedUpstream([[.head(200, contentType: "text/plain")]])
        let answers = WholeAnswers(
            through: upstream,
            limits: UpstreamLimits(),
            by: "http://proxy.test:3128",
            watching: SilentClient { -1 }
        )
        var other = request
        other.proxy = "http://other.test:3128"
        _ = (try answers.call(request), try answers.call(other))
        #expect(upstream.received.map(\.proxy) == ["http://proxy.test:3128", "http://other.test:3128"])
    }

    @Test
    func `no answer is a failed connection, and no time left a timeout`() {
        let failure = #expect(throws: UpstreamFailure.self) { try answers([]).call(request) }
        #expect(failure?.kind == .connectionFailed)
        let late = #expect(throws: UpstreamFailure.self) { try answers([], total: .zero).call(request) }
        #expect(late?.kind == .timedOut)
    }

    @Test
    func `a client that leaves ends the wait`() {
        #expect(throws: ClientGone.self) { try answers([.clientLeaves]).call(request) }
    }
}
