/// How a request ended, as one of few words: for the log and for metrics.
public enum ErrorLabel: String, Sendable, Equatable {
    case completed
    case clientGone = "client_gone"
    case badRequest = "bad_request"
    case unauthenticated
    case notFound = "not_found"
    case limitRejected = "limit_rejected"
    case upstreamRejected = "upstream_rejected"
    case upstreamError = "upstream_error"
    case upstreamTimeout = "upstream_timeout"
    case firstByteTimeout = "first_byte_timeout"
    case idleTimeout = "idle_timeout"
    case internalError = "internal_error"
    case drained
}
