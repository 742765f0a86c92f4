import HTTPTypes
import MartletCore

/// What 1min.ai's errors mean, in all the shapes that were met.
///
/// Documented: `{"success":false,"error":{"code","message","details"}}`. Seen: `{"message":"UPPER_SNAKE"}`,
/// `{"errorCode","message"}`, `{"error":"text"}`, `{"detail":"text"}`, HTML, nothing.
enum OneMinErrors {
    /// The meaning of an answer whose status is not 2xx.
    static func failure(status: Int, fields: HTTPFields, body: [UInt8]) -> UpstreamFailure {
        let (code, text) = words(in: body)
        var failure =
            failure(code: code, text: text) ?? UpstreamFailure(kind(ofStatus: status), code: code, text: text)
        failure.status = status
        failure.isTransient = failure.kind == .serverFailed && code == "OPEN_AI_UNEXPECTED_ERROR"
        if failure.kind == .rateLimited || status == 503, let seconds = fields[.retryAfter].flatMap(Int.init),
            seconds >= 0
        {
            failure.retryAfter = .seconds(min(seconds, 3600))
        }
        return failure
    }

    /// The meaning of a record whose status is not `SUCCESS`, inside an answer with status 200.
    static func failure(ofRecord record: JSON) -> UpstreamFailure {
        let result = record["aiRecordDetail"]?["resultObject"]
        let (code, text) = words(in: result?.arrayValue?.first ?? result ?? .null)
        return failure(code: code, text: text) ?? UpstreamFailure(.serverFailed, code: code, text: text)
    }

    /// The meaning of `event: error`, inside a stream with status 200.
    static func failure(ofEvent bytes: [UInt8]) -> UpstreamFailure {
        let (code, text) = words(in: bytes)
        return failure(code: code, text: text) ?? UpstreamFailure(.serverFailed, code: code, text: text)
    }

    /// What the code, or in a stream the bare sentence, stands for; nil when neither is known.
    private static func failure(code: String?, text: String?) -> UpstreamFailure? {
        let kind: UpstreamFailure.Kind
        switch code ?? text?.uppercased().split(separator: " ").joined(separator: "_") ?? "" {
        case "UNAUTHORIZED", "INVALID_API_KEY": kind = .keyRefused
        case "INSUFFICIENT_CREDITS", "INSUFFICIENT_CREDIT": kind = .creditExhausted
        case "UNSUPPORTED_MODEL": kind = .modelRefused
        case "RATE_LIMITED": kind = .rateLimited
        case "INVALID_REQUEST", "PROMPT_OBJECT_VALIDATION_FAILED", "UNSUPPORTED_FILE_TYPE":
            kind = .requestRefused
        case "OPEN_AI_UNEXPECTED_ERROR":
            // The catch-all of a busy provider, unless it lists the values that would have been right.
            kind = text?.contains("upported values") == true ? .requestRefused : .serverFailed
        default: return nil
        }
        return UpstreamFailure(kind, code: code, text: text)
    }

    private static func kind(ofStatus status: Int) -> UpstreamFailure.Kind {
        switch status {
        case 401, 403: .keyRefused
        case 402: .creditExhausted
        case 429: .rateLimited
        case 400, 404, 409, 413, 422: .requestRefused
        case 408, 504: .timedOut
        default: .serverFailed
        }
    }

    private static func words(in body: [UInt8]) -> (code: String?, text: String?) {
        guard let json = try? JSON.parse(body) else {
            return (nil, UpstreamText.safe(String(decoding: body.prefix(2_000), as: UTF8.self)))
        }
        return words(in: json)
    }

    /// The code and the sentence, wherever they are.
    ///
    /// An UPPER_SNAKE sentence is a code.
    private static func words(in json: JSON) -> (code: String?, text: String?) {
        let inner = json["error"]?.objectValue == nil ? json : json["error"] ?? json
        var code = inner["code"]?.stringValue ?? inner["errorCode"]?.stringValue
        var text =
            inner["message"]?.stringValue ?? json["error"]?.stringValue ?? inner["detail"]?.stringValue
            ?? json.stringValue
        if code == nil, let candidate = text, isCode(candidate) {
            code = candidate
            text = nil
        }
        // A code goes into answers as it is, so it must look like one.
        return (code.flatMap { isCode($0) ? $0 : nil }, text.flatMap(UpstreamText.safe))
    }

    private static func isCode(_ text: String) -> Bool {
        (3...64).contains(text.utf8.count) && (text.contains("_") || text.allSatisfy(\.isUppercase))
            && text.utf8.allSatisfy { (0x41...0x5a).contains($0) || (0x30...0x39).contains($0) || $0 == 0x5f }
    }
}
