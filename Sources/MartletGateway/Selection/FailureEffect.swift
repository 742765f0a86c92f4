import MartletProviders

/// What a failure says about the key and the model that were asked.
enum FailureEffect: Equatable {
    /// Nothing: the request was at fault, or the settings are.
    case none
    /// The key was refused; it may be a moment's mistake.
    case keyRefused
    /// The key is good for nothing until somebody pays.
    case keyExhausted
    /// The key was too fast with this model; the vendor may say for how long to leave it.
    case slowDown(Duration?)
    /// The vendor failed with this model.
    case failed

    /// Judges a failure.
    init(_ failure: UpstreamFailure) {
        switch failure.kind {
        case .keyRefused: self = .keyRefused
        case .creditExhausted: self = .keyExhausted
        case .rateLimited: self = .slowDown(failure.retryAfter)
        case .serverFailed, .timedOut, .connectionFailed: self = .failed
        case .modelRefused, .requestRefused: self = .none
        }
    }

    /// One word for people.
    var reason: String {
        switch self {
        case .none: ""
        case .keyRefused: "refused"
        case .keyExhausted: "no_credit"
        case .slowDown: "rate_limited"
        case .failed: "failed"
        }
    }
}
