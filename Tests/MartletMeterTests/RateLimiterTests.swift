import MartletCore
import MartletMeter
import MartletStore
import MartletTesting
import Synchronization
import Testing
import Threading

@Suite struct `A rate limiter` {
    private let folder = TemporaryFolder()
    private let clock = FixedClock()
    private let limiter: RateLimiter
    private let alice = LimitSubject(.key, "alice/chat")
    private let home = LimitSubject(.address, "home/chat")

    init() {
        limiter = RateLimiter(store: WindowStore(folder: folder.path, busyLimit: .seconds(10)), clock: clock)
    }

    private func demand(_ subject: LimitSubject, requests: Int? = nil, tokens: Int? = nil) -> LimitDemand {
        LimitDemand(subject, RateRule(requestsPerMinute: requests, tokensPerMinute: tokens))
    }

    private func used(_ demand: LimitDemand, _ unit: LimitUnit) throws -> Int? {
        let states = try limiter.peek([demand], requests: 0).states()
        return states.tightest(unit).map { $0.limit - $0.remaining }
    }

    @Test func `counts what it admits, and nothing that it refuses`() throws {
        let demand = demand(alice, requests: 3)
        for _ in 0..<3 { _ = try limiter.admit([demand]).receipt() }
        for _ in 0..<10 { _ = try limiter.admit([demand]).wait() }
        #expect(try used(demand, .requests) == 3)
        // What comes at one reading of the clock is a nanosecond apart.
        clock.move(by: .seconds(60) + .nanoseconds(2))
        #expect(try used(demand, .requests) == 0)
    }

    @Test func `tells a wait after which the request fits, and not a millisecond earlier`() throws {
        let demand = demand(alice, requests: 100, tokens: 100)
        for _ in 0..<5 {
            _ = try limiter.admit([demand], tokens: 20).receipt()
            clock.move(by: .nanoseconds(1_234_567_891))
        }
        let wait = try limiter.admit([demand], tokens: 50).wait()
        // Three of the five have to leave: the third came 3 × 1.234567891 s ago.
        #expect(wait == .milliseconds(56_297))
        clock.move(by: wait - .milliseconds(1))
        #expect(try limiter.peek([demand], tokens: 50).wait() == .milliseconds(1))
        clock.move(by: .milliseconds(1))
        _ = try limiter.admit([demand], tokens: 50).receipt()
    }

    @Test func `says how much is left and when all of it will be`() throws {
        let demand = demand(alice, requests: 10, tokens: 1_000)
        _ = try limiter.admit([demand], tokens: 300)
        clock.move(by: .seconds(20))
        let states = try limiter.peek([demand]).states()
        #expect(states.tightest(.requests)?.remaining == 9)
        #expect(states.tightest(.tokens)?.remaining == 700)
        #expect(states.tightest(.tokens)?.limit == 1_000)
        #expect(states.map(\.reset) == [.seconds(40), .seconds(40)])
    }

    @Test func `names the limit that holds longest`() throws {
        let demands = [demand(alice, requests: 1), demand(home, requests: 5, tokens: 50)]
        _ = try limiter.admit([demands[0]])
        clock.move(by: .seconds(10))
        _ = try limiter.admit([demands[1]], tokens: 45)
        clock.move(by: .seconds(5))
        let admission = try limiter.admit(demands, tokens: 10)
        let refusal = try admission.refusal()
        #expect(refusal.subject == home)
        #expect(refusal.unit == .tokens)
        #expect([refusal.limit, refusal.used, refusal.requested] == [50, 45, 10])
        #expect(try admission.wait() == .seconds(55))
        #expect(refusal.states.tightest(.requests)?.subject == alice)
    }

    @Test func `counts a request for all of its subjects or for none`() throws {
        let demands = [demand(alice, requests: 10), demand(home, requests: 2)]
        for _ in 0..<2 { _ = try limiter.admit(demands).receipt() }
        _ = try limiter.admit(demands).wait()
        #expect(try used(demands[0], .requests) == 2)
        _ = try limiter.admit([demands[0]]).receipt()
    }

    @Test func `never admits what alone is above the limit, and does not say when`() throws {
        let demand = demand(alice, requests: 10, tokens: 100)
        let admission = try limiter.admit([demand], tokens: 101)
        let refusal = try admission.refusal()
        #expect(admission == .neverFits(refusal))
        #expect(refusal.unit == .tokens)
        #expect(refusal.requested == 101)
        #expect(try used(demand, .requests) == 0)
        _ = try limiter.admit([demand], tokens: 100).receipt()
    }

    @Test func `puts a correction where its admission was`() throws {
        let demand = demand(alice, tokens: 1_000)
        let first = try limiter.admit([demand], tokens: 100).receipt()
        clock.move(by: .seconds(30))
        let second = try limiter.admit([demand], tokens: 100).receipt()
        try limiter.settle(first, tokens: 700)
        #expect(try used(demand, .tokens) == 800)
        try limiter.settle(second, tokens: 10)
        #expect(try used(demand, .tokens) == 710)
        clock.move(by: .seconds(30))
        #expect(try used(demand, .tokens) == 10)
        try limiter.settle(first, tokens: 5_000)
        #expect(try used(demand, .tokens) == 10)
    }

    @Test func `refuses until enough has left when a correction went over the limit`() throws {
        let demand = demand(alice, tokens: 100)
        let admission = try limiter.admit([demand], tokens: 10).receipt()
        try limiter.settle(admission, tokens: 250)
        #expect(try limiter.admit([demand], tokens: 1).wait() == .seconds(60))
        clock.move(by: .seconds(60))
        _ = try limiter.admit([demand], tokens: 1).receipt()
    }

    @Test func `does not take a later admission for one that has left`() throws {
        let demand = demand(alice, tokens: 100)
        let old = try limiter.admit([demand], tokens: 10).receipt()
        clock.move(by: .seconds(61))
        _ = try limiter.admit([demand], tokens: 20).receipt()
        try limiter.settle(old, tokens: 90)
        #expect(try used(demand, .tokens) == 20)
    }

    @Test func `shows a correction to other processes when the last open request ends`() throws {
        let demand = demand(alice, tokens: 1_000)
        let other = RateLimiter(store: WindowStore(folder: folder.path), clock: clock)
        func seen() throws -> Int? {
            try other.peek([demand], requests: 0).states().tightest(.tokens).map { $0.limit - $0.remaining }
        }
        let first = try limiter.admit([demand], tokens: 100).receipt()
        let second = try limiter.admit([demand], tokens: 100).receipt()
        try limiter.settle(first, tokens: 700)
        #expect(try seen() == 200)
        try limiter.settle(second, tokens: nil)
        #expect(try seen() == 800)
    }

    @Test func `carries a correction along with the next admission`() throws {
        let demand = demand(alice, tokens: 1_000)
        let first = try limiter.admit([demand], tokens: 100).receipt()
        _ = try limiter.admit([demand], tokens: 100).receipt()
        try limiter.settle(first, tokens: 950)
        _ = try limiter.admit([demand], tokens: 10).wait()
    }

    @Test func `writes a correction at the latest when it is tidied`() throws {
        let demand = demand(alice, tokens: 1_000)
        let first = try limiter.admit([demand], tokens: 100).receipt()
        _ = try limiter.admit([demand], tokens: 100).receipt()
        try limiter.settle(first, tokens: 500)
        try limiter.housekeep()
        let other = RateLimiter(store: WindowStore(folder: folder.path), clock: clock)
        #expect(try other.peek([demand], requests: 0).states().tightest(.tokens)?.remaining == 400)
    }

    @Test func `decides on requests that come together as on those that come one by one`() throws {
        let demands = [demand(alice, requests: 50, tokens: 500), demand(home, requests: 1_000)]
        let admitted = Atomic<Int>(0)
        let threads = try (0..<8).map { number in
            try WorkerThread(name: "asker-\(number)") { [limiter] in
                for _ in 0..<20 {
                    guard case .admitted(let receipt, _) = try? limiter.admit(demands, tokens: 10) else {
                        continue
                    }
                    admitted.add(1, ordering: .relaxed)
                    try? limiter.settle(receipt, tokens: 8)
                }
            }
        }
        for thread in threads { thread.join() }
        #expect(admitted.load(ordering: .relaxed) == 50)
        #expect(try used(demands[0], .requests) == 50)
        #expect(try used(demands[0], .tokens) == 400)
        #expect(try used(demands[1], .requests) == 50)
    }

    @Test func `corrects an admission that was merged with others`() throws {
        let demand = demand(alice, tokens: 1_000_000)
        var receipts: [AdmissionReceipt] = []
        for _ in 0..<400 {
            receipts.append(try limiter.admit([demand], tokens: 100).receipt())
            clock.move(by: .milliseconds(10))
        }
        for receipt in receipts { try limiter.settle(receipt, tokens: 7) }
        #expect(try used(demand, .tokens) == 400 * 7)
    }

    @Test func `goes on from the last admission when the clock goes back`() throws {
        let demand = demand(alice, requests: 2)
        _ = try limiter.admit([demand]).receipt()
        clock.move(by: .seconds(-3_600))
        _ = try limiter.admit([demand]).receipt()
        #expect(try limiter.admit([demand]).wait() == .seconds(60))
        clock.move(by: .seconds(3_660))
        _ = try limiter.admit([demand]).receipt()
    }

    @Test func `counts only failures when it is asked before and told after`() throws {
        let demand = demand(LimitSubject(.failedAuthentication, "home"), requests: 2)
        for _ in 0..<20 { _ = try limiter.peek([demand]).receipt() }
        for _ in 0..<2 { _ = try limiter.admit([demand]).receipt() }
        #expect(try limiter.peek([demand]).wait() == .seconds(60))
    }

    @Test func `admits everything without a demand or a limit`() throws {
        _ = try limiter.admit([], tokens: TokenCount(.max)).receipt()
        for _ in 0..<10 { _ = try limiter.admit([demand(alice)], tokens: TokenCount(.max)).receipt() }
        #expect(try limiter.peek([demand(alice)]) == limiter.peek([]))
    }

    @Test func `forgets a subject that was idle for two windows`() throws {
        let demand = demand(alice, requests: 5)
        _ = try limiter.admit([demand]).receipt()
        clock.move(by: .seconds(119))
        #expect(try limiter.housekeep())
        let store = WindowStore(folder: folder.path)
        func isKept() throws -> Bool {
            try store.read { table throws(StoreError) in try table.row(of: "key:alice/chat") != nil }
        }
        #expect(try isKept())
        clock.move(by: .seconds(1))
        #expect(try limiter.housekeep())
        #expect(try !isKept())
    }
}
