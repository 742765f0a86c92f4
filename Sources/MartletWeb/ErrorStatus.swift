public import HTTPTypes
public import MartletCore

extension GatewayError.Kind {
    /// The status of an answer that reports this kind of failure: the one place that knows.
    public var status: HTTPResponse.Status {
        switch self {
        case .invalidRequest: .badRequest
        case .unsupportedMediaType: .unsupportedMediaType
        case .bodyTooLarge: .contentTooLarge
        case .missingKey, .invalidKey: .unauthorized
        case .forbidden: .forbidden
        case .notFound, .modelNotFound: .notFound
        case .methodNotAllowed: .methodNotAllowed
        case .rateLimited, .insufficientQuota: .tooManyRequests
        case .upstreamFailure: .badGateway
        case .upstreamTimeout: .gatewayTimeout
        case .unavailable: .serviceUnavailable
        case .internalFailure: .internalServerError
        }
    }
}
