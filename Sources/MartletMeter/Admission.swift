import MartletCore

/// What the rate limiter says to a request.
public enum Admission: Sendable, Equatable {
    /// It may go on, and has been counted.
    case admitted(AdmissionReceipt, [LimitState])
    /// Not now; it fits after `retryAfter`, which is rounded up to whole milliseconds. Nothing was counted.
    case refused(LimitRefusal, retryAfter: Duration)
    /// Never: it alone is larger than the limit. Nothing was counted.
    case neverFits(LimitRefusal)
}

/// Which limit a request ran into.
public struct LimitRefusal: Sendable, Equatable {
    /// Whose limit it is; of several the one that holds longest.
    public let subject: LimitSubject
    /// What is counted.
    public let unit: LimitUnit
    /// How much is allowed in any 60 seconds.
    public let limit: Int
    /// How much of it is used now.
    public let used: Int
    /// How much the request would have added.
    public let requested: Int
    /// Where every subject of the request stands.
    public let states: [LimitState]
}

/// What was counted for a request, so that it can be corrected or taken back, once.
public struct AdmissionReceipt: Sendable, Equatable {
    /// Where in a subject's window the request was counted.
    struct Place: Sendable, Equatable {
        let subject: LimitSubject
        let time: Instant
        let sequence: UInt64
    }

    let requests: Int
    let tokens: TokenCount
    let places: [Place]

    /// A receipt for a request that was not counted: correcting it does nothing.
    static let uncounted = Self(requests: 0, tokens: 0, places: [])
}
