import Logging
import MartletCore
import MartletProviders
public import MartletStore
import Threading

/// Which keys, and which models with which keys, are left alone for a while because they failed.
///
/// ```
/// well ──failures in a row──► left alone ──time is up──► probe (one request of all processes)
///   ▲                             ▲                         │
///   └──────── it works ───────────┼─────────────────────────┤
///                                 └──────── it fails ───────┘   twice as long
/// ```
/// The states lie in the main database, so that all processes agree and a restart forgets nothing; as long as all is
/// well nothing is written, and reading is a look at one number in shared memory. Safe from any thread.
public final class KeyStates: Sendable {
    typealias Subject = KeyStateTable.Subject
    typealias State = KeyStateTable.State

    /// What this process knows, and of which moment.
    private struct Known {
        var states: [Subject: State] = [:]
        var revision: UInt64?
        var read = ContinuousClock.now - .seconds(3_600)
        var tallies: [Subject: Tally] = [:]
    }

    /// Where nobody tells of changes, the table is read again after so long; and as long as something rests, as the
    /// command line, which wakes it, tells nobody.
    private static let staleAfter = Duration.seconds(2)
    private let store: Store
    private let board: SelectionBoard?
    private let rule: BreakerRule
    /// In milliseconds since 1970.
    private let now: @Sendable () -> Int
    private let known = Guarded(Known())

    /// Puts the states together.
    ///
    /// - Parameters:
    ///   - store: where they are kept.
    ///   - board: tells of changes by other processes, and whose turn it is; nil where there is no shared memory.
    ///   - rule: when to leave something alone.
    ///   - now: the time in milliseconds since 1970.
    public init(
        store: Store,
        board: SelectionBoard?,
        rule: BreakerRule = BreakerRule(),
        now: @escaping @Sendable () -> Int
    ) {
        self.store = store
        self.board = board
        self.rule = rule
        self.now = now
    }

    /// The number of a request among those for a channel, over all processes.
    func turn(of channel: Channel) -> Int { board?.turn(of: channel.name) ?? Int.random(in: 0..<1 << 30) }

    /// Until when a choice is left alone, in milliseconds since 1970, and whether it has to be probed then; nil for one
    /// that is well.
    func rest(of choice: TargetChoice) -> Rest? {
        let states = current()
        guard !states.isEmpty else { return nil }
        let bad = [choice.keySubject, choice.modelSubject].compactMap { $0 }.compactMap { subject in
            states[subject].flatMap { $0.openings > 0 ? Rest(subject: subject, state: $0, now: now()) : nil }
        }
        return bad.max { $0.until < $1.until }
    }

    /// What is known of a choice's key and model, for people.
    func account(of choice: TargetChoice) -> [KeyStateTable.State] {
        let states = current()
        return [choice.keySubject, choice.modelSubject].compactMap { $0 }.compactMap { states[$0] }
    }

    /// Takes the right to probe: true for one request of all processes, until the probe has told or its time is up.
    func claim(_ rest: Rest) -> Bool {
        change(rest.subject) { state in
            guard let found = state, found.until == rest.until else { return false }
            state?.until = now() + rule.open.milliseconds
            return true
        }
    }

    /// Says that a choice has worked.
    func succeeded(_ choice: TargetChoice) {
        let states = current()
        tally(choice.modelSubject, failed: false)
        for subject in [choice.keySubject, choice.modelSubject].compactMap({ $0 })
        where states[subject] != nil {
            _ = change(subject) { state in
                guard state != nil else { return false }
                state = nil
                return true
            }
        }
    }

    /// Says how a choice has failed.
    func failed(_ choice: TargetChoice, with failure: UpstreamFailure) {
        let effect = FailureEffect(failure)
        switch effect {
        case .none:
            return
        case .keyRefused, .keyExhausted:
            // A caller's own key is the caller's business.
            guard let subject = choice.keySubject else { return }
            note(effect, of: subject, pause: rule.cooldown, atOnce: effect == .keyExhausted)
        case .slowDown(let wanted):
            guard choice.key != nil else { return }
            note(effect, of: choice.modelSubject, pause: wanted, atOnce: true)
        case .failed:
            let isShaky = tally(choice.modelSubject, failed: true)
            note(effect, of: choice.modelSubject, pause: nil, atOnce: isShaky)
        }
    }

    /// Forgets that a channel's key, or any of its keys for nil, has failed: somebody has mended the cause.
    ///
    /// - Throws: `StoreError` by cause.
    func forget(channel: String, key: String?) throws(StoreError) {
        try store.write { tables throws(StoreError) in try tables.keyStates.forget(channel: channel, key: key)
        }
        announce()
    }

    private func note(_ effect: FailureEffect, of subject: Subject, pause: Duration?, atOnce: Bool) {
        _ = change(subject) { state in
            var next = state ?? State()
            next.failures += 1
            next.failed = now()
            next.reason = effect.reason
            if atOnce || next.failures >= rule.failures || next.openings > 0 {
                next.until = now() + length(of: next, after: effect, wanted: pause).milliseconds
                next.openings += 1
            }
            state = next
            return true
        }
    }

    private func length(of state: State, after effect: FailureEffect, wanted: Duration?) -> Duration {
        switch effect {
        case .slowDown:
            if let wanted { return min(wanted, .seconds(3_600)) }
            guard state.failures < rule.failures else { return rule.cooldown }
            return .seconds(1 << min(state.failures - 1, 10))
        case .keyRefused, .keyExhausted: return wanted ?? rule.cooldown
        case .failed, .none: return rule.pause(openings: state.openings)
        }
    }

    /// Counts a call of this process; returns whether too large a share of the last minute's has failed.
    @discardableResult
    private func tally(_ subject: Subject, failed: Bool) -> Bool {
        known.withLock { known in
            if known.tallies.count > 1_000 { known.tallies = [:] }
            return known.tallies[subject, default: Tally()].add(failed: failed, share: rule.share)
        }
    }

    /// The states of this moment: another process may have changed them.
    private func current() -> [Subject: State] {
        let revision = board?.revision
        let (states, isFresh) = known.withLock { known in
            let isYoung = .now - known.read < Self.staleAfter
            let isFresh =
                if let revision { known.revision == revision && (known.states.isEmpty || isYoung) } else {
                    isYoung
                }
            return (known.states, isFresh)
        }
        guard !isFresh else { return states }
        guard let read = try? store.read({ tables throws(StoreError) in try tables.keyStates.all() }) else {
            // A database that cannot be read must stop no request: what was known last has to do.
            return states
        }
        known.withLock { known in
            known.states = read
            known.revision = revision
            known.read = .now
        }
        return read
    }

    /// Changes one state as a whole; a database that cannot be written changes nothing.
    private func change(_ subject: Subject, _ edit: (inout State?) -> Bool) -> Bool {
        let changed = try? store.write { tables throws(StoreError) in
            var state = try tables.keyStates.state(of: subject)
            guard edit(&state) else { return false }
            try tables.keyStates.put(state, of: subject)
            return true
        }
        guard changed == true else { return false }
        announce()
        return true
    }

    /// Lets all processes read the states again.
    private func announce() {
        board?.announceChange()
        known.withLock { known in
            known.revision = nil
            known.read = .now - .seconds(3_600)
        }
    }
}

/// That something is left alone.
struct Rest: Equatable {
    /// What.
    let subject: KeyStateTable.Subject
    /// Until when, in milliseconds since 1970.
    let until: Int
    /// Whether the time is not up.
    let isOn: Bool
    /// Why, in one word.
    let reason: String

    init(subject: KeyStateTable.Subject, state: KeyStateTable.State, now: Int) {
        self.subject = subject
        until = state.until
        // A clock that went back must not keep a key away for ever: no rest is longer than a day.
        isOn = state.until > now && state.until - now < 86_400_000
        reason = state.reason
    }
}

/// The calls of the last minute, in two halves.
private struct Tally {
    private var begun = ContinuousClock.now
    private var calls = (earlier: 0, now: 0)
    private var failures = (earlier: 0, now: 0)

    mutating func add(failed: Bool, share: Double) -> Bool {
        let age = ContinuousClock.now - begun
        if age >= .seconds(30) {
            calls = (age < .seconds(60) ? calls.now : 0, 0)
            failures = (age < .seconds(60) ? failures.now : 0, 0)
            begun = .now
        }
        calls.now += 1
        if failed { failures.now += 1 }
        let (all, bad) = (calls.earlier + calls.now, failures.earlier + failures.now)
        guard failed, all >= 5 else { return false }
        return Double(bad) >= Double(all) * share
    }
}

extension Duration {
    fileprivate var milliseconds: Int { Int((self / .milliseconds(1)).rounded(.up)) }
}
