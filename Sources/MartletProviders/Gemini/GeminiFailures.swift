import HTTPTypes
import MartletCore

/// What Google's errors mean: `{"error":{"code","message","status","details"}}`.
///
/// Source: Google's API design guide, Errors, and the Gemini API's troubleshooting page (2026-10).
enum GeminiFailures {
    /// The meaning of an answer whose status is not 2xx.
    static func failure(status: Int, fields: HTTPFields, body: [UInt8]) -> UpstreamFailure {
        let json = (try? JSON.parse(body)) ?? [:]
        var failure = failure(inAnswer: json.arrayValue?.first ?? json, status: status)
        failure.status = status
        failure.retryAfter = failure.retryAfter ?? RetryAfter.read(fields)
        return failure
    }

    /// The meaning of an error in a stream, or of an error's body.
    static func failure(inAnswer answer: JSON, status: Int? = nil) -> UpstreamFailure {
        let error = answer["error"] ?? [:]
        let details = error["details"]?.arrayValue ?? []
        let reasons = details.compactMap { $0["reason"]?.stringValue }
        let word = error["status"]?.stringValue ?? ""
        let text = error["message"]?.stringValue ?? ""
        let number = status ?? error["code"]?.intValue
        var failure = UpstreamFailure(
            kind(word: word, reasons: reasons, text: text, status: number),
            status: number,
            code: word.utf8.allSatisfy { (0x41...0x5A).contains($0) || $0 == 0x5F } && !word.isEmpty
                ? word : nil,
            text: UpstreamText.safe(text)
        )
        failure.retryAfter = details.lazy.compactMap { $0["retryDelay"]?.stringValue }.first
            .flatMap(RetryAfter.seconds)
        return failure
    }

    private static func kind(word: String, reasons: [String], text: String, status: Int?)
        -> UpstreamFailure.Kind
    {
        // A wrong key is told as the request's fault.
        if reasons.contains("API_KEY_INVALID") || text.contains("API key not valid") { return .keyRefused }
        if reasons.contains("BILLING_DISABLED") { return .creditExhausted }
        switch word {
        case "UNAUTHENTICATED", "PERMISSION_DENIED": return .keyRefused
        case "RESOURCE_EXHAUSTED": return .rateLimited
        case "NOT_FOUND": return .modelRefused
        case "INVALID_ARGUMENT", "FAILED_PRECONDITION", "OUT_OF_RANGE": return .requestRefused
        case "DEADLINE_EXCEEDED": return .timedOut
        case "INTERNAL", "UNAVAILABLE", "UNKNOWN", "ABORTED": return .serverFailed
        default: break
        }
        switch status {
        case 401?, 403?: return .keyRefused
        case 404?: return .modelRefused
        case 429?: return .rateLimited
        case 400?, 413?: return .requestRefused
        case 504?: return .timedOut
        default: return .serverFailed
        }
    }
}
