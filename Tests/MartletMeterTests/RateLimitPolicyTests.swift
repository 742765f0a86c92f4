import Glibc
import MartletCore
import MartletMeter
import MartletStore
import MartletTesting
import Synchronization
import Testing

@Suite struct `A rate limit policy` {
    private let folder = TemporaryFolder()
    private let clock = FixedClock()
    private let demand = LimitDemand(LimitSubject(.key, "k"), RateRule(requestsPerMinute: 1))

    private final class Log: Sendable {
        let errors = Mutex<[StoreError]>([])
        var count: Int { errors.withLock { $0.count } }
    }

    private func policy(_ onFailure: RateLimitPolicy.Failure, folder: String, _ log: Log) -> RateLimitPolicy {
        let limiter = RateLimiter(
            store: WindowStore(folder: folder, busyLimit: .milliseconds(10)),
            clock: clock
        )
        return RateLimitPolicy(limiter, onFailure: onFailure, clock: clock) { error in
            log.errors.withLock { $0.append(error) }
        }
    }

    @Test func `admits while the store is broken if it is open, and says so once a minute`() throws {
        let log = Log()
        let policy = policy(.open, folder: "/dev/null/missing", log)
        for _ in 0..<150 {
            let admission = try policy.admit([demand])
            #expect(try admission.states().isEmpty)
            policy.settle(try admission.receipt(), tokens: 5)
            clock.move(by: .seconds(1))
        }
        #expect(log.count == 3)
    }

    @Test func `refuses while the store is broken if it is closed`() {
        let log = Log()
        let policy = policy(.closed, folder: "/dev/null/missing", log)
        for _ in 0..<5 {
            #expect(throws: StoreError.self) { try policy.admit([demand]) }
        }
        #expect(log.count == 1)
    }

    @Test func `limits again when a folder that was missing is there`() throws {
        let log = Log()
        let path = folder.path + "/later"
        folder.write("in the way", to: "later")
        let policy = policy(.open, folder: path, log)
        for _ in 0..<3 { #expect(try policy.admit([demand]).states().isEmpty) }
        folder.empty()
        #expect(try policy.admit([demand]).states().count == 1)
        _ = try policy.admit([demand]).wait()
        #expect(log.count == 1)
    }

    @Test func `limits again when its files were deleted`() throws {
        let log = Log()
        let policy = policy(.closed, folder: folder.path, log)
        for _ in 0..<3 {
            _ = try policy.admit([demand]).receipt()
            _ = try policy.admit([demand]).wait()
            folder.emptyUnderDatabases()
        }
        #expect(log.count == 0)
    }

    @Test func `limits again when garbage in the place of the file was removed`() throws {
        let log = Log()
        let policy = policy(.closed, folder: folder.path, log)
        _ = try policy.admit([demand]).receipt()
        let name = try #require(folder.fileNames.first { $0.hasSuffix(".db") })
        folder.empty()
        folder.write(String(repeating: "no database at all. ", count: 500), to: name)
        usleep(50_000)
        #expect(throws: StoreError.damaged("file is not a database")) { try policy.admit([demand]) }
        folder.empty()
        _ = try policy.admit([demand]).receipt()
        #expect(log.count == 1)
    }
}
