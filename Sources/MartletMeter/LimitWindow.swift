import MartletCore
import MartletStore

/// One subject's window inside a transaction.
struct LimitWindow {
    /// Who is limited.
    let subject: LimitSubject
    /// Its name in the store.
    let name: String
    /// Whether it must be written back.
    private(set) var isChanged = false
    private var newest: Instant?
    private var state: WindowState

    /// Reads a row; none is an empty window.
    ///
    /// - Throws: `StoreError.damaged` when the row cannot be read.
    init(_ subject: LimitSubject, named name: String, _ row: WindowRow?) throws(StoreError) {
        self.subject = subject
        self.name = name
        newest = row?.newest
        guard let row else {
            state = WindowState()
            return
        }
        state = try WindowState(reading: row)
    }

    /// Drops what does not count any more, and returns the present moment: never before the last admission.
    mutating func advance(to time: Instant) -> Instant {
        let now = max(time, newest ?? time)
        state.advance(to: now)
        return now
    }

    /// Counts a request, and returns the moment that it is counted at: one of its own, by which it is found again.
    mutating func count(requests: Int, tokens: Int, at now: Instant) -> Instant {
        let moment = newest.map { max(now, $0 + .nanoseconds(1)) } ?? now
        state.append(requests: requests, tokens: tokens, at: moment)
        newest = moment
        isChanged = true
        return moment
    }

    /// Changes the tokens of what was counted at a moment, if it still counts.
    mutating func correct(at time: Instant, by difference: Int) {
        if state.change(at: time, tokens: difference) { isChanged = true }
    }

    /// What to write back.
    var row: WindowRow { WindowRow(newest: newest ?? Instant(nanoseconds: 0), state: state.bytes) }

    /// Where the subject stands with each limit of a rule.
    func states(of rule: RateRule, at now: Instant) -> [LimitState] {
        let newest = state.entries.last?.time ?? now.nanoseconds - WindowState.length
        return LimitUnit.allCases.compactMap { unit in
            guard let limit = rule.limit(of: unit) else { return nil }
            return LimitState(
                subject: subject,
                unit: unit,
                limit: limit,
                remaining: max(0, limit - state.used(unit)),
                reset: .nanoseconds(newest + WindowState.length - now.nanoseconds)
            )
        }
    }

    /// What a rule has against a request: the limit that holds longest, if any.
    func obstacle(of rule: RateRule, requests: Int, tokens: Int, at now: Instant) -> LimitObstacle? {
        let first = obstacle(.requests, rule.requestsPerMinute, amount: requests, at: now)
        let second = obstacle(.tokens, rule.tokensPerMinute, amount: tokens, at: now)
        guard let first, let second else { return first ?? second }
        return max(first, second)
    }

    private func obstacle(_ unit: LimitUnit, _ limit: Int?, amount: Int, at now: Instant) -> LimitObstacle? {
        guard let limit else { return nil }
        let used = state.used(unit)
        guard amount > limit - used else { return nil }
        return LimitObstacle(
            subject: subject,
            unit: unit,
            limit: limit,
            used: used,
            requested: amount,
            wait: amount > limit ? nil : state.wait(until: limit - amount, of: unit, from: now)
        )
    }
}
