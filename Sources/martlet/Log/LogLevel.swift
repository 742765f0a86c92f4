/// From which level on events are logged; the names of the setting `log.level`.
enum LogLevel: String, Sendable, Comparable, CaseIterable {
    case debug
    case info
    case warning
    case error

    /// Whether an event of another level is logged.
    func admits(_ other: LogLevel) -> Bool { other >= self }

    static func < (left: Self, right: Self) -> Bool {
        let order = allCases
        return order.firstIndex(of: left) ?? 0 < order.firstIndex(of: right) ?? 0
    }
}
