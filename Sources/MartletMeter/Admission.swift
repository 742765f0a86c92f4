/// What the rate limiter says to a request.
public enum Admission: Sendable, Equatable {
    /// It may go on, and has been counted.
    case admitted(AdmissionReceipt, [LimitState])
    /// Not now; it fits after `retryAfter`, which is rounded up to whole milliseconds. Nothing was counted.
    case refused(LimitRefusal, retryAfter: Duration)
    /// Never: it alone is larger than the limit. Nothing was counted.
    case neverFits(LimitRefusal)
}
