public import HTTPTypes
public import MartletCore

/// Google's error object and its words for each kind of failure.
///
/// Source: google.rpc.Code and Google's API design guide, Errors (2026-10).
enum GeminiErrors {
    static func body(of error: GatewayError) -> JSON {
        let words = words(for: error.kind)
        var message = error.message
        if let parameter = error.parameter, !message.contains(parameter) {
            message = "\(parameter): \(message)"
        }
        var object: JSONObject = [
            "code": JSON(words.code), "message": .string(message), "status": .string(words.status),
        ]
        var details: [JSON] = []
        if let code = error.code {
            details.append([
                "@type": "type.googleapis.com/google.rpc.ErrorInfo", "reason": .string(code.uppercased()),
                "domain": "martlet",
            ])
        }
        if let wait = error.retryAfter {
            let seconds = max(1, Int((wait / .seconds(1)).rounded(.up)))
            details.append([
                "@type": "type.googleapis.com/google.rpc.RetryInfo", "retryDelay": .string("\(seconds)s"),
            ])
        }
        if !details.isEmpty { object["details"] = .array(details) }
        return ["error": .object(object)]
    }

    static func words(for kind: GatewayError.Kind) -> (code: Int, status: String) {
        switch kind {
        case .invalidRequest, .unsupportedMediaType, .bodyTooLarge, .methodNotAllowed:
            (400, "INVALID_ARGUMENT")
        case .missingKey, .invalidKey: (401, "UNAUTHENTICATED")
        case .forbidden: (403, "PERMISSION_DENIED")
        case .conflict: (409, "ALREADY_EXISTS")
        case .notFound, .modelNotFound: (404, "NOT_FOUND")
        case .rateLimited, .insufficientQuota: (429, "RESOURCE_EXHAUSTED")
        case .upstreamFailure, .unavailable: (503, "UNAVAILABLE")
        case .upstreamTimeout: (504, "DEADLINE_EXCEEDED")
        case .internalFailure: (500, "INTERNAL")
        }
    }
}

extension GatewayError.Kind {
    /// The status that Google answers with.
    public var geminiStatus: HTTPResponse.Status { .init(code: GeminiErrors.words(for: self).code) }
}
