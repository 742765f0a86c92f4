import HTTPTypes

/// When a vendor wants to be asked again: `retry-after-ms`, `x-ms-retry-after-ms`, or `Retry-After` in seconds.
///
/// Dates are passed over: no vendor of models sends one.
enum RetryAfter {
    private static let longest = 3_600.0
    private static let milliseconds = ["retry-after-ms", "x-ms-retry-after-ms"].compactMap {
        HTTPField.Name($0)
    }

    /// At most an hour; nil for none.
    static func read(_ fields: HTTPFields) -> Duration? {
        for name in milliseconds {
            if let wait = fields[name].flatMap(Double.init), wait >= 0 { return limited(wait / 1_000) }
        }
        guard let wait = fields[.retryAfter].flatMap(Double.init), wait >= 0 else { return nil }
        return limited(wait)
    }

    /// Seconds as a vendor's text has them, such as `17s` or `1.5s`; nil for another text.
    static func seconds(_ text: String) -> Duration? {
        guard text.hasSuffix("s"), let wait = Double(text.dropLast()), wait >= 0 else { return nil }
        return limited(wait)
    }

    private static func limited(_ seconds: Double) -> Duration {
        .milliseconds(Int(min(seconds, longest) * 1_000))
    }
}
