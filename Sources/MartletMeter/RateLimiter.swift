public import MartletCore
public import MartletStore

/// Admits at most so many requests and tokens in any 60 seconds, over all processes that share a store.
///
/// A log of what was admitted, one per subject. All subjects of a request are read, checked and written in
/// one transaction, so that a request is counted everywhere or nowhere, and one that is refused not at all.
/// Requests of one process that come together share a transaction.
///
/// Safe from any thread.
public struct RateLimiter: Sendable {
    private let store: WindowStore
    private let clock: any Clock
    private let queue: WindowQueue

    /// Makes a limiter; nothing is opened before the first request.
    public init(store: WindowStore, clock: any Clock = BootClock()) {
        self.store = store
        self.clock = clock
        queue = WindowQueue(store: store, clock: clock)
    }

    /// Admits a request and counts it for every subject, or refuses it and counts nothing.
    ///
    /// - Parameters:
    ///   - demands: different subjects; none at all admits everything.
    ///   - requests: how many requests it counts for, not negative.
    ///   - tokens: an estimate, not negative; `settle` puts it right.
    /// - Returns: the decision, and where the subjects stand after it. A receipt must be settled once.
    /// - Throws: `StoreError` when nothing can be counted: see `RateLimitPolicy`.
    public func admit(
        _ demands: [LimitDemand],
        requests: Int = 1,
        tokens: TokenCount = 0
    ) throws(StoreError) -> Admission {
        guard !demands.isEmpty else { return .admitted(.uncounted, []) }
        return try queue.admit(AdmissionWish(demands, requests: requests, tokens: tokens))
    }

    /// Says what `admit` would say, and counts nothing.
    ///
    /// It does not wait for others, so that of many at once more may be told yes than `admit` would let
    /// through.
    ///
    /// - Throws: `StoreError` when nothing can be read.
    public func peek(
        _ demands: [LimitDemand],
        requests: Int = 1,
        tokens: TokenCount = 0
    ) throws(StoreError) -> Admission {
        guard !demands.isEmpty else { return .admitted(.uncounted, []) }
        try queue.flush()
        let wish = AdmissionWish(demands, requests: requests, tokens: tokens, counts: false)
        return try store.read { table throws(StoreError) in
            var batch = WindowBatch(table)
            return try batch.admit(wish, at: clock.now)
        }
    }

    /// Ends an admission: puts the real number of tokens in the place of the estimate, at the time of the admission.
    ///
    /// Once for each receipt. While other admissions of this process are open, the correction waits for the next
    /// transaction, a second at most. What has left the window is left alone.
    ///
    /// - Parameters:
    ///   - receipt: what `admit` gave.
    ///   - tokens: what the request took; nil keeps the estimate.
    /// - Throws: `StoreError` when nothing can be written.
    public func settle(_ receipt: AdmissionReceipt, tokens: TokenCount?) throws(StoreError) {
        let difference = tokens.map { $0.value - receipt.tokens.value } ?? 0
        let correction = difference == 0 ? nil : WindowCorrection(receipt: receipt, difference: difference)
        try queue.close(receipt, with: correction)
    }

    /// Writes corrections that wait, forgets subjects that have been idle for two windows, and empties the
    /// store's log.
    ///
    /// For the housekeeper, every second or so. Returns false when another process is at it.
    ///
    /// - Throws: `StoreError` by cause.
    @discardableResult
    public func housekeep() throws(StoreError) -> Bool {
        try queue.flush()
        return try store.housekeep(forgettingIdleSince: clock.now - .nanoseconds(2 * WindowState.length))
    }
}
