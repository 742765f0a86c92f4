public import MartletCore
public import MartletStore
import Synchronization

/// A rate limiter, and what to do while its store does not work.
///
/// The store is tried again at every request, so limits hold again as soon as it has healed.
///
/// Safe from any thread.
public final class RateLimitPolicy: Sendable {
    /// What happens to requests that cannot be counted.
    public enum Failure: String, Sendable {
        /// They are admitted: the limits are off.
        case open
        /// They are refused, by an error.
        case closed
    }

    private let limiter: RateLimiter
    private let onFailure: Failure
    private let clock: any Clock
    private let log: @Sendable (StoreError) -> Void
    private let lastLogged = Mutex<Instant?>(nil)

    /// Wraps a limiter.
    ///
    /// - Parameters:
    ///   - limiter: what is asked.
    ///   - onFailure: what happens to requests that cannot be counted.
    ///   - clock: tells when a minute is over.
    ///   - log: told of a failure, at most once a minute; called on the thread of the request.
    public init(
        _ limiter: RateLimiter,
        onFailure: Failure = .open,
        clock: any Clock = BootClock(),
        log: @escaping @Sendable (StoreError) -> Void
    ) {
        self.limiter = limiter
        self.onFailure = onFailure
        self.clock = clock
        self.log = log
    }

    /// As `RateLimiter.admit`; while the store does not work, as the policy says.
    ///
    /// - Throws: `StoreError` under `.closed`.
    public func admit(
        _ demands: [LimitDemand],
        requests: Int = 1,
        tokens: TokenCount = 0
    ) throws(StoreError) -> Admission {
        try decide { () throws(StoreError) in
            try limiter.admit(demands, requests: requests, tokens: tokens)
        }
    }

    /// As `RateLimiter.settle`; a failure is only logged, because the answer has been given.
    public func settle(_ admission: AdmissionReceipt, tokens: TokenCount?) {
        do {
            try limiter.settle(admission, tokens: tokens)
        } catch {
            report(error)
        }
    }

    private func decide(_ ask: () throws(StoreError) -> Admission) throws(StoreError) -> Admission {
        do {
            return try ask()
        } catch {
            report(error)
            guard onFailure == .open else { throw error }
            return .admitted(.uncounted, [])
        }
    }

    private func report(_ error: StoreError) {
        let now = clock.now
        let isDue = lastLogged.withLock { last in
            if let known = last, now - known < .seconds(60) { return false }
            last = now
            return true
        }
        if isDue { log(error) }
    }
}
