import HTTPTypes
import MartletProviders
import MartletTesting
import MartletUpstream
import Synchronization
import Testing

@testable import MartletGateway

@Suite("Fetching results")
struct ResultFetcherTests {
    private final class Foreign: Sendable {
        let asked = Mutex<[String]>([])
    }

    private func fetch(_ address: String, status: Int = 200) throws -> (bytes: [UInt8], wasForeign: Bool) {
        let foreign = Foreign()
        let fetcher = ResultFetcher(vendor: ["https://vendor.test/mirror", "http://127.0.0.1:8080/asset"]) {
            address,
            _ in
            foreign.asked.withLock { $0.append(address) }
            return [1]
        }
        let client = SilentClient { -1 }
        let upstream = ScriptedUpstream([[.head(status, contentType: "image/png"), .body("own")]])
        let answers = WholeAnswers(through: upstream, limits: UpstreamLimits(), watching: client)
        let bytes = try fetcher.fetch(address, calling: answers, watching: client)
        return (bytes, foreign.asked.withLock { !$0.isEmpty })
    }

    @Test(arguments: [
        "https://vendor.test/images/a.png", "https://VENDOR.test/a?x=1", "http://127.0.0.1:8080/asset/a.png",
    ])
    func `the vendor's own hosts are asked directly`(address: String) throws {
        let result = try fetch(address)
        #expect(!result.wasForeign)
        #expect(result.bytes == Array("own".utf8))
    }

    @Test(arguments: [
        "https://vendor.test.evil.test/a", "https://vendor.test@evil.test/a", "https://vendor.test:444/a",
        "http://vendor.test/a", "http://127.0.0.1:80/a", "http://127.0.0.1:8080@evil.test/",
        "https:///vendor.test/a",
        "https://vendor.test\\@evil.test/a#", "ftp://vendor.test/a", "//vendor.test/a", "",
    ])
    func `what only looks like the vendor's goes through the guard`(address: String) throws {
        #expect(try fetch(address).wasForeign)
    }

    @Test(arguments: [302, 404, 500])
    func `another status than 200 is a failure that hides the address`(status: Int) {
        let failure = #expect(throws: UpstreamFailure.self) {
            try fetch("https://vendor.test/a", status: status)
        }
        #expect(failure?.kind == .serverFailed)
        #expect(failure?.text?.contains("vendor.test") == false)
    }
}
