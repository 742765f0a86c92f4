public import HTTPTypes
public import MartletCore

extension GatewayError.Kind {
    /// The status of an answer that reports this kind of failure, in OpenAI's dialect.
    public var status: HTTPResponse.Status {
        switch self {
        case .invalidRequest: .badRequest
        case .unsupportedMediaType: .unsupportedMediaType
        case .bodyTooLarge: .contentTooLarge
        case .missingKey, .invalidKey: .unauthorized
        case .forbidden: .forbidden
        case .notFound, .modelNotFound: .notFound
        case .conflict: .conflict
        case .methodNotAllowed: .methodNotAllowed
        case .rateLimited, .insufficientQuota: .tooManyRequests
        case .upstreamFailure: .badGateway
        case .upstreamTimeout: .gatewayTimeout
        case .unavailable: .serviceUnavailable
        case .internalFailure: .internalServerError
        }
    }

    /// The same in Anthropic's dialect, which has statuses of its own for an empty account and for an overload.
    ///
    /// Source: Anthropic's API reference, Errors (2026-10).
    public var anthropicStatus: HTTPResponse.Status {
        switch self {
        case .insufficientQuota: HTTPResponse.Status(code: 402, reasonPhrase: "Payment Required")
        case .unavailable: HTTPResponse.Status(code: 529, reasonPhrase: "Overloaded")
        default: status
        }
    }
}
