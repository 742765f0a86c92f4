import HTTPTypes
import MartletCore

/// What Anthropic's errors mean: `{"type":"error","error":{"type","message"},"request_id"}`.
///
/// Source: Anthropic's API reference, Errors (2026-10).
enum AnthropicFailures {
    /// The meaning of an answer whose status is not 2xx.
    static func failure(status: Int, fields: HTTPFields, body: [UInt8]) -> UpstreamFailure {
        var failure =
            (try? JSON.parse(body)).map { self.failure(inAnswer: $0, status: status) }
            ?? UpstreamFailure(
                kind(type: "", text: "", status: status),
                text: UpstreamText.safe(String(decoding: body.prefix(2_000), as: UTF8.self))
            )
        failure.status = status
        failure.retryAfter = RetryAfter.read(fields)
        return failure
    }

    /// The meaning of an error in a stream, or of an error's body.
    static func failure(inAnswer answer: JSON, status: Int? = nil) -> UpstreamFailure {
        let error = answer["error"] ?? answer
        let type = error["type"]?.stringValue ?? ""
        let text = error["message"]?.stringValue ?? ""
        let isCode = type.utf8.allSatisfy { (0x61...0x7A).contains($0) || $0 == 0x5F }
        return UpstreamFailure(
            kind(type: type, text: text, status: status),
            code: isCode && !type.isEmpty ? String(type.prefix(64)) : nil,
            text: UpstreamText.safe(text)
        )
    }

    private static func kind(type: String, text: String, status: Int?) -> UpstreamFailure.Kind {
        // An empty account is told as the request's fault.
        if text.contains("credit balance is too low") { return .creditExhausted }
        switch type {
        case "authentication_error", "permission_error": return .keyRefused
        case "billing_error": return .creditExhausted
        case "not_found_error": return .modelRefused
        case "rate_limit_error": return .rateLimited
        case "invalid_request_error", "request_too_large": return .requestRefused
        case "timeout_error": return .timedOut
        case "api_error", "overloaded_error": return .serverFailed
        default: break
        }
        switch status {
        case 401?, 403?: return .keyRefused
        case 402?: return .creditExhausted
        case 404?: return .modelRefused
        case 429?: return .rateLimited
        case 400?, 413?, 422?: return .requestRefused
        case 408?, 504?: return .timedOut
        default: return .serverFailed
        }
    }
}
