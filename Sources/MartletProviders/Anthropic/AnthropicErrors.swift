import MartletCore

/// Anthropic's error object and its words for each kind of failure.
///
/// Source: Anthropic's API reference, Errors (2026-10); its SDKs choose their exception by the status.
enum AnthropicErrors {
    static func body(of error: GatewayError, request: RequestID) -> JSON {
        var message = error.message
        // There is no place for the field of its own.
        if let parameter = error.parameter, !message.contains(parameter) {
            message = "\(parameter): \(message)"
        }
        return [
            "type": "error", "error": ["type": type(of: error.kind), "message": .string(message)],
            "request_id": .string(request.text),
        ]
    }

    private static func type(of kind: GatewayError.Kind) -> JSON {
        switch kind {
        case .invalidRequest, .unsupportedMediaType, .methodNotAllowed, .conflict: "invalid_request_error"
        case .bodyTooLarge: "request_too_large"
        case .missingKey, .invalidKey: "authentication_error"
        case .forbidden: "permission_error"
        case .notFound, .modelNotFound: "not_found_error"
        case .rateLimited: "rate_limit_error"
        case .insufficientQuota: "billing_error"
        case .upstreamTimeout: "timeout_error"
        case .unavailable: "overloaded_error"
        case .upstreamFailure, .internalFailure: "api_error"
        }
    }
}
