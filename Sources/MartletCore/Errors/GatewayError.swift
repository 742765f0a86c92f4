/// Why a request cannot be answered as asked: what the client is told, and what only the log is told.
///
/// It knows neither status codes (`ErrorStatus` does) nor how an error looks as JSON (a `Surface` does).
public struct GatewayError: Error, Sendable, Equatable {
    /// What kind of failure it is.
    public enum Kind: Sendable, Equatable, CaseIterable {
        /// The request is malformed or asks for what is not possible.
        case invalidRequest
        /// The body is not of a content type that the route reads.
        case unsupportedMediaType
        /// The body is larger than the limit.
        case bodyTooLarge
        /// There is no key.
        case missingKey
        /// The key is refused, here or upstream.
        case invalidKey
        /// The key is known but not allowed to do this.
        case forbidden
        /// There is no such address or record.
        case notFound
        /// What is to be made is there already.
        case conflict
        /// The model is unknown, retired, or not for this caller.
        case modelNotFound
        /// The address exists, but not for this method.
        case methodNotAllowed
        /// Too much in a short time: waiting helps.
        case rateLimited
        /// No credit left: waiting does not help.
        case insufficientQuota
        /// The upstream failed.
        case upstreamFailure
        /// The upstream took too long.
        case upstreamTimeout
        /// The service cannot take work at the moment.
        case unavailable
        /// We failed.
        case internalFailure

        /// Whether the same request will fail in the same way however long one waits.
        public var isFinal: Bool {
            switch self {
            case .invalidRequest, .unsupportedMediaType, .bodyTooLarge, .missingKey, .invalidKey, .forbidden,
                .notFound, .conflict, .modelNotFound, .methodNotAllowed, .insufficientQuota:
                true
            case .rateLimited, .upstreamFailure, .upstreamTimeout, .unavailable, .internalFailure: false
            }
        }
    }

    /// What kind of failure it is.
    public var kind: Kind
    /// What the client reads: a sentence without secrets, addresses or another's text.
    public var message: String
    /// Which field of the request is at fault, as a JSON path, for example `messages[0].role`.
    public var parameter: String?
    /// A more exact word than the kind's own code, for example `invalid_json`.
    public var code: String?
    /// For the log only.
    public var detail: String?
    /// How the request ended, where that is more exact than what the kind says.
    public var outcome: ErrorLabel?
    /// When it makes sense to ask again.
    public var retryAfter: Duration?
    /// Whether a client should try again by itself: no where waiting does not help, unless said otherwise; nil leaves it
    /// to the client's own rules.
    public var shouldRetry: Bool?

    /// Makes an error; see the properties.
    public init(
        _ kind: Kind,
        _ message: String,
        parameter: String? = nil,
        code: String? = nil,
        detail: String? = nil,
        retryAfter: Duration? = nil,
        shouldRetry: Bool? = nil
    ) {
        self.kind = kind
        self.message = message
        self.parameter = parameter
        self.code = code
        self.detail = detail
        self.retryAfter = retryAfter
        self.shouldRetry = shouldRetry ?? (kind.isFinal ? false : nil)
    }

    /// The word for metrics and the log.
    public var label: ErrorLabel {
        if let outcome { return outcome }
        return switch kind {
        case .invalidRequest, .unsupportedMediaType, .bodyTooLarge, .methodNotAllowed, .conflict: .badRequest
        case .missingKey, .invalidKey, .forbidden: .unauthenticated
        case .notFound, .modelNotFound: .notFound
        case .rateLimited: .limitRejected
        case .insufficientQuota: .upstreamRejected
        case .upstreamFailure: .upstreamError
        case .upstreamTimeout: .upstreamTimeout
        case .unavailable, .internalFailure: .internalError
        }
    }
}
