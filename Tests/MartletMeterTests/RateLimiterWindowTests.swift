import MartletCore
import MartletStore
import Testing

@testable import MartletMeter

@Suite struct `A rate window` {
    private let subject = LimitSubject(.key, "k")

    /// A window that is read, asked, and written again.
    private struct Asked {
        var window: LimitWindow
        let rule: RateRule
        let now: Instant

        func refuses(tokens: Int) -> Bool {
            window.obstacle(of: rule, requests: 1, tokens: tokens, at: now) != nil
        }

        mutating func count(tokens: Int) -> WindowRow {
            _ = window.count(requests: 1, tokens: tokens, at: now)
            return window.row
        }
    }

    private func window(_ rule: RateRule, _ row: WindowRow?, at time: Int64) throws -> Asked {
        var window = try LimitWindow(subject, named: "key:k", row)
        let now = window.advance(to: Instant(nanoseconds: time))
        return Asked(window: window, rule: rule, now: now)
    }

    @Test(arguments: 0..<16 as Range<UInt64>)
    func `admits what a plain log admits, request for request`(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        let limit = Int.random(in: 1...WindowState.exactCapacity, using: &random)
        let rule = RateRule(requestsPerMinute: limit)
        let pace = Int64.random(in: 1_000_000...2_000_000_000, using: &random)
        var reference = ReferenceLog(limit: limit)
        var row: WindowRow?
        var time: Int64 = 1 << 50
        for _ in 0..<1_000 {
            time += Int64.random(in: 0...pace, using: &random)
            var window = try window(rule, row, at: time)
            let fits = reference.fits(1, at: time)
            #expect(window.refuses(tokens: 0) != fits)
            guard fits else { continue }
            row = window.count(tokens: 0)
            reference.record(1, at: time)
        }
        #expect(reference.most <= limit)
    }

    @Test(arguments: 0..<16 as Range<UInt64>)
    func `never admits more than the limit in any 60 seconds, however full and whatever the clock does`(
        seed: UInt64
    ) throws {
        var random = SeededGenerator(seed: seed)
        let limit = Int.random(in: 200...100_000, using: &random)
        let rule = RateRule(requestsPerMinute: 2_000, tokensPerMinute: limit)
        let pace = Int64.random(in: 1_000_000...200_000_000, using: &random)
        var tokens = ReferenceLog(limit: limit)
        var requests = ReferenceLog(limit: 2_000)
        var row: WindowRow?
        var time: Int64 = 1 << 50
        for _ in 0..<1_500 {
            time += Int64.random(in: -pace / 4...pace, using: &random)
            let amount = Int.random(in: 0...max(1, limit / 300), using: &random)
            var window = try window(rule, row, at: time)
            guard !window.refuses(tokens: amount) else { continue }
            row = window.count(tokens: amount)
            let moment = try #require(row).newest.nanoseconds
            tokens.record(amount, at: moment)
            requests.record(1, at: moment)
        }
        #expect(tokens.most <= limit)
        #expect(requests.most <= 2_000)
    }

    @Test func `never refuses a steady caller below a limit above its capacity`() throws {
        // 880 of 1,000 a minute, for three minutes.
        let rule = RateRule(requestsPerMinute: 1_000)
        let step: Int64 = 60_000_000_000 / 880
        var row: WindowRow?
        for number in 0..<2_640 {
            var window = try window(rule, row, at: 1 << 50 + Int64(number) * step)
            try #require(!window.refuses(tokens: 0), "request \(number)")
            row = window.count(tokens: 0)
        }
    }

    @Test func `keeps merged entries shorter than a second`() {
        var state = WindowState()
        var random = SeededGenerator(seed: 1)
        var time: Int64 = 1 << 50
        for _ in 0..<4_000 {
            time += Int64.random(in: 0...50_000_000, using: &random)
            state.advance(to: Instant(nanoseconds: time))
            state.append(requests: 1, tokens: 1, at: Instant(nanoseconds: time))
            #expect(state.entries.count <= WindowState.capacity)
        }
        #expect(state.entries.map(\.span).max() ?? 0 < 1_000_000_000)
        #expect(state.entries.map(\.span).max() ?? 0 > 0)
    }

    @Test(arguments: [0, 1, 2, 60, 160])
    func `is the same after it was stored`(count: Int) {
        var state = WindowState()
        for number in 0..<count {
            state.append(requests: number, tokens: .max, at: Instant(nanoseconds: Int64(number) - 5))
        }
        #expect(WindowState(state.bytes) == state)
    }

    @Test(arguments: [(0, 1), (0, 23), (0xFF, 24), (0, (WindowState.capacity + 1) * 24)] as [(UInt8, Int)])
    func `is not made from bytes in another form`(byte: UInt8, count: Int) {
        #expect(WindowState([UInt8](repeating: byte, count: count)) == nil)
    }

    @Test func `survives any bytes`() {
        var random = SeededGenerator(seed: 2)
        for _ in 0..<1_000 {
            let count = 24 * Int.random(in: 0...3, using: &random)
            let bytes = (0..<count).map { _ in UInt8.random(in: 0...255, using: &random) }
            guard let state = WindowState(bytes) else { continue }
            #expect(WindowState(state.bytes) == state)
        }
    }
}
