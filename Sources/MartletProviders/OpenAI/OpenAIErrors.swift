import MartletCore

/// OpenAI's error object and its words for each kind of failure.
///
/// Source: OpenAI's error guide and OpenAPI schema (2026-10); its SDKs choose their exception by the status.
enum OpenAIErrors {
    static func body(of error: GatewayError, request: RequestID) -> [UInt8] {
        let words = words(for: error)
        var writer = JSONWriter()
        writer.beginObject()
        writer.key("error")
        writer.beginObject()
        writer.key("message")
        writer.string(error.message)
        writer.key("type")
        writer.string(words.type)
        writer.key("param")
        if let parameter = error.parameter { writer.string(parameter) } else { writer.null() }
        writer.key("code")
        if let code = words.code { writer.string(code) } else { writer.null() }
        writer.key("request_id")
        writer.string(request.text)
        writer.endObject()
        writer.endObject()
        return writer.bytes
    }

    /// The type and the code of an error.
    static func words(for error: GatewayError) -> (type: String, code: String?) {
        let words = words(for: error.kind)
        return (words.type, error.code ?? words.code)
    }

    private static func words(for kind: GatewayError.Kind) -> (type: String, code: String?) {
        switch kind {
        case .invalidRequest: ("invalid_request_error", nil)
        case .unsupportedMediaType: ("invalid_request_error", "unsupported_media_type")
        case .bodyTooLarge: ("invalid_request_error", "request_too_large")
        case .missingKey: ("invalid_request_error", "missing_api_key")
        case .invalidKey: ("invalid_request_error", "invalid_api_key")
        case .forbidden: ("permission_error", "forbidden")
        case .notFound: ("invalid_request_error", "not_found")
        case .conflict: ("invalid_request_error", "conflict")
        case .modelNotFound: ("invalid_request_error", "model_not_found")
        case .methodNotAllowed: ("invalid_request_error", "method_not_allowed")
        case .rateLimited: ("rate_limit_error", "rate_limit_exceeded")
        case .insufficientQuota: ("insufficient_quota", "insufficient_quota")
        case .upstreamFailure: ("server_error", "upstream_error")
        case .upstreamTimeout: ("server_error", "upstream_timeout")
        case .unavailable: ("service_unavailable_error", "service_unavailable")
        case .internalFailure: ("server_error", "internal_error")
        }
    }
}
