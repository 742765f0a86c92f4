import Glibc
import MartletCore

/// What every line of the log begins with: time, level, message, process.
enum LineStart {
    static func write(level: String, message: String, to writer: inout JSONWriter) {
        writer.key("time")
        writer.string(timestamp())
        writer.key("level")
        writer.string(level)
        writer.key("message")
        writer.string(message)
        writer.key("process")
        writer.int(Int(getpid()))
    }

    /// RFC 3339, in UTC, with milliseconds.
    private static func timestamp() -> String {
        var now = timespec()
        clock_gettime(CLOCK_REALTIME, &now)
        var parts = tm()
        gmtime_r(&now.tv_sec, &parts)
        let date = "\(parts.tm_year + 1_900)-\(two(parts.tm_mon + 1))-\(two(parts.tm_mday))"
        let time = "\(two(parts.tm_hour)):\(two(parts.tm_min)):\(two(parts.tm_sec))"
        return "\(date)T\(time).\(String(1_000 + now.tv_nsec / 1_000_000).dropFirst())Z"
    }

    private static func two(_ number: CInt) -> String { number < 10 ? "0\(number)" : String(number) }
}
