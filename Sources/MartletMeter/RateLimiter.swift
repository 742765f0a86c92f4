public import MartletCore
public import MartletStore

/// Admits at most so many requests and tokens in any 60 seconds, over all processes that share a store.
///
/// A log of what was admitted, one per subject. All subjects of a request are read, checked and written in
/// one transaction, so that a request is counted everywhere or nowhere, and one that is refused not at all.
///
/// Safe from any thread.
public struct RateLimiter: Sendable {
    private let store: WindowStore
    private let clock: any Clock

    /// Makes a limiter; nothing is opened before the first request.
    public init(store: WindowStore, clock: any Clock = BootClock()) {
        self.store = store
        self.clock = clock
    }

    /// Admits a request and counts it for every subject, or refuses it and counts nothing.
    ///
    /// - Parameters:
    ///   - demands: different subjects; none at all admits everything.
    ///   - requests: how many requests it counts for, not negative.
    ///   - tokens: an estimate, not negative; `correct` puts it right.
    /// - Returns: the decision, and where the subjects stand after it.
    /// - Throws: `StoreError` when nothing can be counted: see `RateLimitPolicy`.
    public func admit(
        _ demands: [LimitDemand],
        requests: Int = 1,
        tokens: TokenCount = 0
    ) throws(StoreError) -> Admission {
        precondition(requests >= 0 && tokens >= 0, "amounts are not negative")
        guard !demands.isEmpty else { return .admitted(.uncounted, []) }
        return try store.write { table throws(StoreError) in
            var windows = try windows(of: demands, in: table)
            if let refusal = windows.refusal(requests: requests, tokens: tokens.value) { return refusal }
            windows.removeAll(where: \.demand.isOnlyChecked)
            for index in windows.indices { windows[index].count(requests: requests, tokens: tokens.value) }
            for window in windows { try table.put(window.row, for: window.demand.subject.name) }
            let receipt = AdmissionReceipt(requests: requests, tokens: tokens, places: windows.map(\.place))
            return .admitted(receipt, windows.states)
        }
    }

    /// Says what `admit` would say, and counts nothing.
    ///
    /// It does not wait for others, so that of many at once more may be told yes than `admit` would let
    /// through. The limit of failed logins works with it: ask before a login, `admit` after one that failed.
    ///
    /// - Throws: `StoreError` when nothing can be read.
    public func peek(
        _ demands: [LimitDemand],
        requests: Int = 1,
        tokens: TokenCount = 0
    ) throws(StoreError) -> Admission {
        precondition(requests >= 0 && tokens >= 0, "amounts are not negative")
        guard !demands.isEmpty else { return .admitted(.uncounted, []) }
        return try store.read { table throws(StoreError) in
            let windows = try windows(of: demands, in: table)
            let refusal = windows.refusal(requests: requests, tokens: tokens.value)
            return refusal ?? .admitted(.uncounted, windows.states)
        }
    }

    /// Puts the real number of tokens in the place of the estimate, at the time of the admission.
    ///
    /// Once for each receipt. What has left the window is left alone.
    ///
    /// - Throws: `StoreError` when nothing can be written.
    public func correct(_ admission: AdmissionReceipt, tokens: TokenCount) throws(StoreError) {
        try change(admission, requests: 0, tokens: tokens.value - admission.tokens.value)
    }

    /// Takes an admission back, as if the request had never come.
    ///
    /// Once for each receipt, and instead of `correct`.
    ///
    /// - Throws: `StoreError` when nothing can be written.
    public func withdraw(_ admission: AdmissionReceipt) throws(StoreError) {
        try change(admission, requests: -admission.requests, tokens: -admission.tokens.value)
    }

    /// Forgets subjects that have been idle for two windows, and empties the store's log.
    ///
    /// For the housekeeper, every second or so. Returns false when another process is at it.
    ///
    /// - Throws: `StoreError` by cause.
    @discardableResult
    public func housekeep() throws(StoreError) -> Bool {
        try store.housekeep(forgettingIdleSince: clock.now - .nanoseconds(2 * WindowState.length))
    }

    private func windows(of demands: [LimitDemand], in table: WindowTable) throws(StoreError) -> [LimitWindow]
    {
        precondition(Set(demands.map(\.subject)).count == demands.count, "a subject is named twice")
        var rows: [WindowRow?] = []
        for demand in demands { rows.append(try table.row(of: demand.subject.name)) }
        // Read inside the transaction: whoever comes later in the order of transactions is later in time.
        let now = clock.now
        var windows: [LimitWindow] = []
        for (demand, row) in zip(demands, rows) { windows.append(try LimitWindow(demand, row, now: now)) }
        return windows
    }

    private func change(_ admission: AdmissionReceipt, requests: Int, tokens: Int) throws(StoreError) {
        guard !admission.places.isEmpty, requests != 0 || tokens != 0 else { return }
        try store.write { table throws(StoreError) in
            for place in admission.places {
                guard var row = try table.row(of: place.subject.name) else { continue }
                var state = try WindowState(reading: row)
                guard
                    state.change(sequence: place.sequence, at: place.time, requests: requests, tokens: tokens)
                else { continue }
                row.state = state.bytes
                try table.put(row, for: place.subject.name)
            }
        }
    }
}
