public import MartletCore
public import MartletStore

/// Rows of requests as files: CSV and JSON lines with the same columns.
public enum UsageExport {
    /// The columns, in their order.
    public static let columns = [
        "id", "time", "request", "account", "key", "channel", "model", "upstream_model", "endpoint", "input",
        "cached",
        "cache_write", "hour_cache_write", "output", "reasoning", "images", "cost_usd", "estimated",
        "unpriced",
        "streamed", "first_byte_ms", "total_ms", "outcome", "attempts",
    ]

    /// A row's values, in the order of the columns.
    public static func values(_ row: UsageTable.Row) -> [JSON] {
        let usage = row.usage
        return [
            JSON(Int(row.id)), .string(CivilTime.text(row.time / 1_000)), .string(row.request),
            JSON(Int(row.account.value)), JSON(Int(row.key.value)), .string(row.channel), .string(row.model),
            .string(row.upstreamModel), .string(row.endpoint), JSON(usage.input.value),
            JSON(usage.cachedInput.value), JSON(usage.cacheWrite.value), JSON(usage.hourCacheWrite.value),
            JSON(usage.output.value), JSON(usage.reasoning.value), JSON(row.images),
            .number(JSONNumber(row.cost)), .bool(row.isEstimated), .bool(row.isUnpriced),
            .bool(row.isStreamed),
            row.firstByte.map { JSON($0) } ?? .null, JSON(row.duration), .string(row.outcome),
            JSON(row.attempts),
        ]
    }

    /// Rows as CSV with a head.
    ///
    /// Source: RFC 4180.
    public static func csv(_ rows: [UsageTable.Row]) -> [UInt8] {
        var text = columns.joined(separator: ",") + "\r\n"
        for row in rows { text += values(row).map { quoted(plain($0)) }.joined(separator: ",") + "\r\n" }
        return Array(text.utf8)
    }

    /// Rows as one JSON object on each line.
    public static func lines(_ rows: [UsageTable.Row]) -> [UInt8] {
        rows.flatMap { row in
            JSON.object(JSONObject(zip(columns, values(row)).map { ($0, $1) })).serialized() + [
                UInt8(ascii: "\n")
            ]
        }
    }

    /// A value as people read it.
    public static func plain(_ value: JSON) -> String {
        switch value {
        case .string(let text): text
        case .null: ""
        default: String(decoding: value.serialized(), as: UTF8.self)
        }
    }

    /// A cell of CSV: quoted where it has to be, and never a formula for a program that computes tables.
    public static func quoted(_ text: String) -> String {
        let safe = text.first.map { "=+-@\t".contains($0) } ?? false ? "'" + text : text
        guard safe.contains(where: { ",\"\n\r".contains($0) }) else { return safe }
        return "\"" + safe.split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\"\"")
            + "\""
    }
}
