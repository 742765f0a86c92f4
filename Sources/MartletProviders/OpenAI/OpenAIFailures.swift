import HTTPTypes
import MartletCore

/// What the errors of OpenAI, and of those who speak alike, mean.
///
/// Documented: `{"error":{"message","type","param","code"}}`. Seen elsewhere: `{"error":"text"}`, `{"detail":…}`,
/// `{"message"}`, HTML, nothing.
enum OpenAIFailures {
    /// The meaning of an answer whose status is not 2xx.
    static func failure(status: Int, fields: HTTPFields, body: [UInt8]) -> UpstreamFailure {
        let words = (try? JSON.parse(body)).map(words) ?? Words(text: text(body))
        var failure = UpstreamFailure(
            kind(of: words, status: status),
            status: status,
            code: words.code,
            text: words.text
        )
        failure.retryAfter = RetryAfter.read(fields)
        return failure
    }

    /// The meaning of an error inside an answer with status 200.
    static func failure(inAnswer answer: JSON) -> UpstreamFailure {
        let words = words(answer)
        let status = answer["error"]?["code"]?.intValue ?? answer["error"]?["status"]?.intValue
        return UpstreamFailure(
            kind(of: words, status: status),
            status: status,
            code: words.code,
            text: words.text
        )
    }

    private struct Words {
        var code: String?
        var type: String?
        var text: String?
    }

    private static func kind(of words: Words, status: Int?) -> UpstreamFailure.Kind {
        switch words.code ?? words.type ?? "" {
        case "invalid_api_key", "account_deactivated", "authentication_error": return .keyRefused
        case "insufficient_quota", "billing_hard_limit_reached", "billing_not_active", "insufficient_balance",
            "credit_balance_exhausted", "organization_spend_limit_exceeded", "project_spend_limit_exceeded",
            "organization_usage_limit_exceeded":
            return .creditExhausted
        case "model_not_found", "model_not_available", "DeploymentNotFound": return .modelRefused
        case "rate_limit_exceeded", "rate_limit_error", "slow_down": return .rateLimited
        case "context_length_exceeded", "content_policy_violation", "content_filter": return .requestRefused
        default: break
        }
        let text = words.text?.lowercased() ?? ""
        if text.contains("insufficient_quota") || text.contains("exceeded your current quota") {
            return .creditExhausted
        }
        switch status {
        case 401?, 403?: return .keyRefused
        case 402?: return .creditExhausted
        case 404?: return .modelRefused
        case 429?: return .rateLimited
        case 400?, 405?, 413?, 415?, 422?: return .requestRefused
        case 408?, 504?: return .timedOut
        default: break
        }
        if words.type == "invalid_request_error" { return .requestRefused }
        return .serverFailed
    }

    private static func words(_ json: JSON) -> Words {
        let error = json["error"] ?? json
        if let text = error.stringValue { return Words(text: UpstreamText.safe(text)) }
        let detail = json["detail"]
        let text = error["message"]?.stringValue ?? detail?.stringValue ?? detail?[0]?["msg"]?.stringValue
        return Words(
            code: (error["code"]?.stringValue).flatMap(sane),
            type: (error["type"]?.stringValue).flatMap(sane),
            text: text.flatMap(UpstreamText.safe)
        )
    }

    private static func text(_ body: [UInt8]) -> String? {
        UpstreamText.safe(String(decoding: body.prefix(2_000), as: UTF8.self))
    }

    /// A code goes into answers as it is, so it must look like one.
    private static func sane(_ code: String) -> String? {
        let isCode = code.utf8.allSatisfy { byte in
            switch byte {
            case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D, 0x5F, 0x2E: true
            default: false
            }
        }
        return isCode && (1...64).contains(code.utf8.count) ? code : nil
    }
}
