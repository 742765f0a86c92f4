import MartletCore
import MartletWeb

/// Writes the account of a request as one line of JSON.
///
/// Every request has one, so it is written straight, without the dictionaries of a general log.
struct RequestLine: Sendable {
    private static let longestText = 1_000
    let level: LogLevel
    let queue: LogQueue

    func write(_ record: RequestRecord) {
        let facts = record.facts
        let label = facts.label ?? .completed
        let isFailure = label == .internalError
        guard level.admits(isFailure ? .error : .info) else { return }
        var writer = JSONWriter(capacity: 640)
        writer.beginObject()
        LineStart.write(level: isFailure ? "error" : "info", message: "request", to: &writer)
        text("request", record.id.text, to: &writer)
        text("method", record.method, to: &writer)
        text("path", record.path, to: &writer)
        number("status", record.status, to: &writer)
        text("label", label.rawValue, to: &writer)
        text("client", record.client, to: &writer)
        text("caller", facts.caller, to: &writer)
        text("model", facts.model, to: &writer)
        text("target", facts.target, to: &writer)
        if facts.attempts > 0 { number("attempts", facts.attempts, to: &writer) }
        if let usage = facts.usage {
            number("tokens_in", usage.input.value, to: &writer)
            number("tokens_out", usage.output.value, to: &writer)
        }
        if let first = facts.firstByte { milliseconds("first_byte_ms", first, to: &writer) }
        milliseconds("total_ms", record.duration, to: &writer)
        text("detail", facts.detail, to: &writer)
        writer.endObject()
        writer.bytes.append(0x0a)
        queue.add(writer.bytes)
    }

    private func text(_ key: StaticString, _ value: String?, to writer: inout JSONWriter) {
        guard let value else { return }
        writer.plainKey(key)
        let isShort = value.utf8.count <= Self.longestText / 2
        writer.string(isShort ? value : String(value.prefix(Self.longestText / 4)) + "…")
    }

    private func number(_ key: StaticString, _ value: Int, to writer: inout JSONWriter) {
        writer.plainKey(key)
        writer.int(value)
    }

    /// Three digits behind the point.
    private func milliseconds(_ key: StaticString, _ duration: Duration, to writer: inout JSONWriter) {
        let (seconds, attoseconds) = duration.components
        let microseconds = Int(seconds) * 1_000_000 + Int(attoseconds / 1_000_000_000_000)
        writer.plainKey(key)
        writer.int(microseconds / 1_000)
        writer.bytes.append(".")
        writer.bytes.append(decimal: microseconds % 1_000, width: 3)
    }
}
