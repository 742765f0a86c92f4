import MartletCore
import MartletProviders
import MartletStore
import MartletTesting
import Synchronization
import Testing

@testable import MartletGateway

@Suite("Choice of channels and keys")
struct SelectionTests {
    private final class Clock: Sendable {
        private let now = Mutex(1_700_000_000_000)
        var milliseconds: Int { now.withLock { $0 } }
        func advance(_ seconds: Int) { now.withLock { $0 += seconds * 1_000 } }
    }

    private let folder: TemporaryFolder
    private let clock = Clock()

    init() { folder = TemporaryFolder() }

    private func states(_ rule: BreakerRule = BreakerRule()) -> KeyStates {
        KeyStates(
            store: Store(path: folder.path + "/martlet.db"),
            board: SelectionBoard(path: folder.path + "/board", affinity: .seconds(600)) { 1_700_000_000 },
            rule: rule,
            now: { [clock] in clock.milliseconds }
        )
    }

    private func key(_ id: String) -> ChannelKey { ChannelKey(secret: Secret(id), id: id, hint: id) }

    private func offer(_ name: String, keys: [String], priority: Int = 0, weight: Int = 1) -> ChannelOffer {
        let model = ChannelModel(name: "m")
        var channel = Channel(
            name: name,
            kind: .openai,
            address: "https://\(name).test",
            keys: keys.map(key),
            models: [model]
        )
        (channel.priority, channel.weight) = (priority, weight)
        return ChannelOffer(channel: channel, model: model)
    }

    private func all(_ offers: [ChannelOffer], _ states: KeyStates, hint: AffinityHint? = nil) -> [String] {
        var queue = TargetQueue(offers, states: states, preferring: hint, now: clock.milliseconds / 1_000)
        var names: [String] = []
        while let choice = queue.next() {
            names.append("\(choice.offer.channel.name)/\(choice.key?.id ?? "-")")
        }
        return names
    }

    private func choice(_ offer: ChannelOffer, _ id: String) -> TargetChoice {
        TargetChoice(offer: offer, key: key(id))
    }

    @Test func `a higher priority comes first, and each way comes once`() {
        let offers = [offer("low", keys: ["c"]), offer("high", keys: ["a", "b"], priority: 1)]
        let order = all(offers, states())
        #expect(order.prefix(2).sorted() == ["high/a", "high/b"])
        #expect(order.last == "low/c" && order.count == 3)
    }

    @Test func `keys take turns`() {
        let offers = [offer("one", keys: ["a", "b", "c"])]
        let states = states()
        let firsts = (0..<6).map { _ in all(offers, states)[0] }
        #expect(Set(firsts.prefix(3)).count == 3 && firsts.prefix(3) == firsts.suffix(3))
    }

    @Test func `keys that have ended or are used up never come`() {
        var used = offer("one", keys: ["a", "b", "c", "d"])
        var channel = used.channel
        channel.keys[0].plan = .expired
        channel.keys[1].expiresAt = 1_699_999_999
        channel.keys[2].quotaResetAt = 1_700_000_001
        used = ChannelOffer(channel: channel, model: used.model)
        #expect(all([used], states()) == ["one/d"])
    }

    @Test func `weights decide within a priority`() {
        var random = SystemRandomNumberGenerator()
        let offers = [offer("heavy", keys: ["a"], weight: 9), offer("light", keys: ["b"], weight: 1)]
        let firsts = (0..<1_000).filter { _ in
            TargetQueue.shuffled(offers, using: &random)[0].channel.name == "heavy"
        }
        #expect((820...970).contains(firsts.count))
        let none = [offer("x", keys: ["a"], weight: 0), offer("y", keys: ["b"], weight: 0)]
        #expect(
            Set((0..<60).map { _ in TargetQueue.shuffled(none, using: &random)[0].channel.name }).count == 2
        )
    }

    @Test func `three failures leave a model with a key alone, for longer each time`() {
        let states = states()
        let one = offer("one", keys: ["a", "b"])
        let bad = choice(one, "a")
        for _ in 0..<2 { states.failed(bad, with: UpstreamFailure(.serverFailed)) }
        #expect(states.rest(of: bad) == nil)
        states.failed(bad, with: UpstreamFailure(.serverFailed))
        #expect(states.rest(of: bad)?.isOn == true)
        #expect(all([one], states) == ["one/b"])
        clock.advance(6)
        #expect(states.rest(of: bad)?.isOn == false)
        states.failed(bad, with: UpstreamFailure(.serverFailed))
        clock.advance(6)
        #expect(states.rest(of: bad)?.isOn == true)
        clock.advance(5)
        states.succeeded(bad)
        #expect(states.rest(of: bad) == nil)
    }

    @Test func `of all processes one takes the probe`() {
        let (one, other) = (states(), states())
        let offers = [offer("one", keys: ["a"]), offer("two", keys: ["b"])]
        let bad = choice(offers[0], "a")
        for _ in 0..<3 { one.failed(bad, with: UpstreamFailure(.timedOut)) }
        clock.advance(6)
        let probes = [all(offers, one), all(offers, other)].flatMap { $0 }.filter { $0 == "one/a" }
        #expect(probes.count == 1)
    }

    @Test func `what one process learns another knows, and a new one as well`() {
        let (one, other) = (states(), states())
        let offers = [offer("one", keys: ["a", "b"])]
        #expect(all(offers, other).count == 2)
        one.failed(choice(offers[0], "a"), with: UpstreamFailure(.creditExhausted))
        #expect(all(offers, other) == ["one/b"])
        #expect(all(offers, states()) == ["one/b"])
    }

    @Test func `a refused key rests after three refusals, for all its models`() {
        let states = states()
        let one = offer("one", keys: ["a"])
        for _ in 0..<3 { states.failed(choice(one, "a"), with: UpstreamFailure(.keyRefused)) }
        #expect(states.rest(of: choice(one, "a"))?.reason == "refused")
        clock.advance(890)
        #expect(states.rest(of: choice(one, "a"))?.isOn == true)
        clock.advance(20)
        #expect(states.rest(of: choice(one, "a"))?.isOn == false)
    }

    @Test func `a key that was too fast rests as long as its vendor says`() {
        let states = states()
        let one = offer("one", keys: ["a"])
        states.failed(
            choice(one, "a"),
            with: UpstreamFailure(.rateLimited, retryAfter: .seconds(30))
        )
        clock.advance(29)
        #expect(states.rest(of: choice(one, "a"))?.isOn == true)
        clock.advance(2)
        #expect(states.rest(of: choice(one, "a"))?.isOn == false)
    }

    @Test func `a request at fault says nothing of the key`() {
        let states = states()
        let one = offer("one", keys: ["a"])
        for _ in 0..<9 {
            states.failed(choice(one, "a"), with: UpstreamFailure(.requestRefused))
            states.failed(choice(one, "a"), with: UpstreamFailure(.modelRefused))
        }
        #expect(states.account(of: choice(one, "a")).isEmpty)
    }

    @Test func `where all rest, the one that recovers first is asked once`() {
        let states = states()
        let one = offer("one", keys: ["a", "b"])
        states.failed(choice(one, "a"), with: UpstreamFailure(.rateLimited, retryAfter: .seconds(90)))
        states.failed(choice(one, "b"), with: UpstreamFailure(.rateLimited, retryAfter: .seconds(30)))
        #expect(all([one], states) == ["one/b"])
    }

    @Test func `what served a conversation comes to the front of its priority`() {
        let one = offer("one", keys: ["a", "b", "c"])
        let hint = AffinityHint(code: choice(one, "b").code)
        let states = states()
        for _ in 0..<4 { #expect(all([one], states, hint: hint)[0] == "one/b") }
    }

    @Test func `a seat is kept for its conversation alone`() throws {
        let now: @Sendable () -> Int = { [clock] in clock.milliseconds / 1_000 }
        let opened = SelectionBoard(path: folder.path + "/seats", affinity: .seconds(600), now: now)
        let board = try #require(opened)
        board.seat(Fingerprint(of: "one"), at: 42)
        #expect(board.choice(for: Fingerprint(of: "one")) == 42)
        #expect(board.choice(for: Fingerprint(of: "two")) == nil)
        clock.advance(601)
        #expect(board.choice(for: Fingerprint(of: "one")) == nil)
    }

    @Test func `names with and without a channel are found`() {
        let directory = ChannelDirectory([
            Channel(
                name: "router",
                kind: .compatible,
                address: "https://r.test",
                keys: [],
                models: [ChannelModel(name: "openai/gpt", upstreamName: "x")]
            ),
            Channel(
                name: "openai",
                kind: .openai,
                address: "https://o.test",
                keys: [],
                models: [ChannelModel(name: "gpt")]
            ),
        ])
        #expect(directory.offers(of: "openai/gpt").map(\.channel.name) == ["router"])
        #expect(directory.offers(of: "gpt").map(\.channel.name) == ["openai"])
        #expect(directory.offers(of: "router/openai/gpt").map(\.model.upstreamName) == ["x"])
        #expect(directory.offers(of: "openai/other").isEmpty)
        #expect(directory.offers(of: "gpt", at: "router").isEmpty)
    }
}
