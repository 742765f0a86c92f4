import Logging
import MartletCore

/// Writes each event of swift-log as one line of JSON, at most 4,096 bytes long.
struct JSONLinesLog: LogHandler {
    private static let longestLine = 4_096
    private static let longestValue = 1_000
    var logLevel: Logger.Level
    var metadata: Logger.Metadata = [:]
    private let queue: LogQueue

    init(level: Logger.Level, queue: LogQueue) {
        logLevel = level
        self.queue = queue
    }

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        var writer = JSONWriter()
        writer.beginObject()
        LineStart.write(level: event.level.rawValue, message: event.message.description, to: &writer)
        let all = metadata.merging(event.metadata ?? [:]) { _, own in own }
        for (key, value) in all.sorted(by: { $0.key < $1.key }) {
            writer.key(key)
            Self.write(value, to: &writer)
            // A line that would be too long ends here, still as JSON.
            if writer.bytes.count > Self.longestLine - Self.longestValue { break }
        }
        writer.endObject()
        queue.add(writer.bytes + [0x0a])
    }

    /// What is a number in the program is a number in the log.
    private static func write(_ value: Logger.Metadata.Value, to writer: inout JSONWriter) {
        if case .stringConvertible(let number) = value, let text = JSONNumberText(number) {
            writer.raw(text.bytes)
        } else {
            writer.string(short(value.description))
        }
    }

    private static func short(_ text: String) -> String {
        text.utf8.count <= longestValue / 2 ? text : String(text.prefix(longestValue / 4)) + "…"
    }
}

/// A value that spells itself as a plain decimal number.
private struct JSONNumberText {
    let bytes: [UInt8]

    init?(_ value: any CustomStringConvertible) {
        bytes = Array(value.description.utf8)
        let isNumber = bytes.allSatisfy { (0x30...0x39).contains($0) || $0 == UInt8(ascii: ".") }
        guard isNumber, let first = bytes.first, first != UInt8(ascii: ".") else { return nil }
        let points = bytes.count(where: { $0 == UInt8(ascii: ".") })
        guard bytes.last != UInt8(ascii: "."), points <= 1 else { return nil }
    }
}
