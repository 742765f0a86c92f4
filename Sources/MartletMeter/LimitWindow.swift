import MartletCore
import MartletStore

/// One subject's window while a request is being decided.
struct LimitWindow {
    /// Who is limited, to how much.
    let demand: LimitDemand
    /// The present moment, but never before the last admission.
    private let now: Instant
    private var state: WindowState

    /// Reads a row and drops what does not count any more.
    ///
    /// - Throws: `StoreError.damaged` when the row cannot be read.
    init(_ demand: LimitDemand, _ row: WindowRow?, now: Instant) throws(StoreError) {
        self.demand = demand
        self.now = max(now, row?.newest ?? now)
        state = try row.map { row throws(StoreError) in try WindowState(reading: row) } ?? WindowState()
        state.advance(to: self.now)
    }

    /// Counts a request.
    mutating func count(requests: Int, tokens: Int) {
        _ = state.append(requests: requests, tokens: tokens, at: now)
    }

    /// What to write back.
    var row: WindowRow { WindowRow(newest: now, state: state.bytes) }

    /// Where the last admission was counted.
    var place: AdmissionReceipt.Place {
        AdmissionReceipt.Place(
            subject: demand.subject,
            time: now,
            sequence: state.entries.last?.sequence ?? 0
        )
    }

    /// Where the subject stands with each of its limits.
    var states: [LimitState] {
        let newest = state.entries.last?.time ?? now.nanoseconds - WindowState.length
        return LimitUnit.allCases.compactMap { unit in
            guard let limit = demand.rule.limit(of: unit) else { return nil }
            return LimitState(
                subject: demand.subject,
                unit: unit,
                limit: limit,
                remaining: max(0, limit - state.used(unit)),
                reset: .nanoseconds(newest + WindowState.length - now.nanoseconds)
            )
        }
    }

    /// What stands against a request: the limit that holds longest, if any.
    func obstacle(requests: Int, tokens: Int) -> LimitObstacle? {
        LimitUnit.allCases.compactMap { unit in
            obstacle(unit, amount: unit == .requests ? requests : tokens)
        }.max()
    }

    private func obstacle(_ unit: LimitUnit, amount: Int) -> LimitObstacle? {
        guard let limit = demand.rule.limit(of: unit) else { return nil }
        let used = state.used(unit)
        guard amount > limit - used else { return nil }
        let wait = amount > limit ? nil : state.wait(until: limit - amount, of: unit, from: now)
        return LimitObstacle(
            subject: demand.subject,
            unit: unit,
            limit: limit,
            used: used,
            requested: amount,
            wait: wait
        )
    }
}

extension [LimitWindow] {
    /// The refusal of a request that does not fit everywhere; nil when it does.
    func refusal(requests: Int, tokens: Int) -> Admission? {
        guard let obstacle = compactMap({ $0.obstacle(requests: requests, tokens: tokens) }).max() else {
            return nil
        }
        let refusal = LimitRefusal(
            subject: obstacle.subject,
            unit: obstacle.unit,
            limit: obstacle.limit,
            used: obstacle.used,
            requested: obstacle.requested,
            states: states
        )
        guard let wait = obstacle.wait else { return .neverFits(refusal) }
        return .refused(refusal, retryAfter: wait.roundedUpToMilliseconds)
    }

    /// Where every subject stands.
    var states: [LimitState] { filter { !$0.demand.isOnlyChecked }.flatMap(\.states) }
}

extension Duration {
    fileprivate var roundedUpToMilliseconds: Duration {
        let (seconds, attoseconds) = components
        let unit: Int64 = 1_000_000_000_000_000
        return .seconds(seconds) + .milliseconds((attoseconds + unit - 1) / unit)
    }
}
