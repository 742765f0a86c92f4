import Glibc
import MartletCore

/// What every line of the log begins with: time, level, message, process.
enum LineStart {
    static func write(level: String, message: String, to writer: inout JSONWriter) {
        writer.plainKey("time")
        writer.raw("\"")
        appendTimestamp(to: &writer.bytes)
        writer.bytes.append("\"")
        writer.plainKey("level")
        writer.string(level)
        writer.plainKey("message")
        writer.string(message)
        writer.plainKey("process")
        writer.int(process)
    }

    /// Asked once: a process that writes a log never forks.
    private static let process = Int(getpid())

    /// RFC 3339, in UTC, with milliseconds.
    private static func appendTimestamp(to bytes: inout [UInt8]) {
        var now = timespec()
        clock_gettime(CLOCK_REALTIME, &now)
        var parts = tm()
        gmtime_r(&now.tv_sec, &parts)
        append(parts.tm_year + 1_900, "-", to: &bytes)
        append(parts.tm_mon + 1, "-", to: &bytes)
        append(parts.tm_mday, "T", to: &bytes)
        append(parts.tm_hour, ":", to: &bytes)
        append(parts.tm_min, ":", to: &bytes)
        append(parts.tm_sec, ".", to: &bytes)
        bytes.append(decimal: now.tv_nsec / 1_000_000, width: 3)
        bytes.append("Z")
    }

    private static func append(_ number: CInt, _ separator: StaticString, to bytes: inout [UInt8]) {
        bytes.append(decimal: Int(number), width: 2)
        bytes.append(separator)
    }
}
