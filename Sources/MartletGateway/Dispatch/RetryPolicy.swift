public import MartletProviders
public import MartletUpstream

/// Whether a vendor is asked once more after a failure, and how long to wait before.
///
/// Only while nothing of an answer has come, and only so many times. What costs money for each try is asked again
/// only where the vendor has certainly done nothing: it could not be reached, or it refused at once.
public struct RetryPolicy: Sendable {
    /// What is asked for.
    public enum Work: Sendable {
        /// An answer in words: a second try costs little, and before its first word nobody has seen the first.
        case chat
        /// Pictures or sound: what may have begun may have been paid for.
        case job
    }

    private static let firstPause = Duration.milliseconds(500)
    /// The most tries, the first included.
    let attempts: Int
    /// A vendor that wants more patience than this is not asked again: the client can wait better.
    let longestPause: Duration
    private let waiting: @Sendable (Duration, any ClientLink) throws -> Void

    /// Makes a policy.
    ///
    /// - Parameters:
    ///   - attempts: the most tries, the first included.
    ///   - longestPause: the longest wait that a vendor may ask for.
    ///   - waiting: waits, and notices when the client leaves.
    public init(
        attempts: Int = 3,
        longestPause: Duration = .seconds(2),
        waiting: @escaping @Sendable (Duration, any ClientLink) throws -> Void = {
            try ClientPause.wait($0, watching: $1)
        }
    ) {
        self.attempts = attempts
        self.longestPause = longestPause
        self.waiting = waiting
    }

    /// How long to wait before the next try; nil when there is none.
    ///
    /// `number` is that of the try that failed, from 1.
    public func pause(after failure: UpstreamFailure, try number: Int, of work: Work) -> Duration? {
        guard number < attempts, mayRepeat(failure, of: work) else { return nil }
        let pause = Self.firstPause * (1 << min(number - 1, 8))
        guard let wanted = failure.retryAfter else { return min(pause, longestPause) }
        return wanted <= longestPause ? max(wanted, pause) : nil
    }

    /// Whether work that failed like this may have begun, so that nobody should ask again by himself.
    public func mayHaveBegun(_ failure: UpstreamFailure) -> Bool {
        switch failure.kind {
        case .serverFailed, .timedOut, .connectionFailed: !failure.isUnsent && !failure.isTransient
        case .keyRefused, .creditExhausted, .modelRefused, .requestRefused, .rateLimited: false
        }
    }

    /// Waits on the thread of the request.
    ///
    /// - Throws: `ClientGone` when the client leaves meanwhile.
    public func wait(_ pause: Duration, watching client: any ClientLink) throws {
        try waiting(pause, client)
    }

    private func mayRepeat(_ failure: UpstreamFailure, of work: Work) -> Bool {
        if failure.isUnsent || failure.isTransient { return true }
        // Refused for its pace: it has done nothing, and says when to come back.
        if failure.kind == .rateLimited { return failure.retryAfter != nil }
        return work == .chat && (failure.status == 502 || failure.status == 503)
    }
}
