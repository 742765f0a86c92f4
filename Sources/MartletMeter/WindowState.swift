import MartletCore

/// The log of one subject's last 60 seconds.
///
/// It holds the last `exactCapacity` admissions one by one, and from there on at most one entry for each
/// 64th of a minute: an admission that comes sooner joins the last entry, which then counts from the later
/// time. What was admitted is so forgotten later (by less than a second), never earlier, so that in no interval
/// of 60 seconds more than the limit is admitted.
struct WindowState: Equatable {
    /// One admission, or several neighbours that were merged.
    struct Entry: Equatable {
        /// When the last of them was admitted, in nanoseconds.
        var time: Int64
        /// How many tokens they count for.
        var tokens: Int64
        /// How many nanoseconds before `time` the first of them was.
        var span: UInt32
        /// How many requests they count for.
        var requests: UInt32
    }

    /// How long an entry counts, in nanoseconds.
    static let length: Int64 = 60_000_000_000
    /// So many admissions are kept one by one.
    static let exactCapacity = 96
    /// The largest number of entries: the stored form fits a page of the database.
    static let capacity = 160
    /// How long an entry takes others in, in nanoseconds.
    private static let longestSpan = length / Int64(capacity - exactCapacity)
    /// More tokens than this count as this many, so that sums stay in range.
    private static let mostTokens = 1 << 40

    /// Oldest first.
    var entries: [Entry] = []

    /// How much of `unit` is counted now.
    func used(_ unit: LimitUnit) -> Int {
        switch unit {
        case .requests: entries.reduce(0) { $0 + Int($1.requests) }
        case .tokens: entries.reduce(0) { $0 + Int($1.tokens) }
        }
    }

    /// Drops what does not count any more at `now`.
    mutating func advance(to now: Instant) {
        let horizon = now.nanoseconds - Self.length
        let first = entries.firstIndex { $0.time > horizon } ?? entries.endIndex
        entries.removeFirst(first)
    }

    /// How long after `now` no more than `target` of `unit` is counted, if nothing is added.
    func wait(until target: Int, of unit: LimitUnit, from now: Instant) -> Duration {
        var left = used(unit)
        for entry in entries {
            left -= unit == .requests ? Int(entry.requests) : Int(entry.tokens)
            if left <= target { return .nanoseconds(entry.time + Self.length - now.nanoseconds) }
        }
        return .nanoseconds(Self.length)
    }

    /// Counts an admission, which is not earlier than the last one.
    mutating func append(requests: Int, tokens: Int, at now: Instant) {
        let added = Entry(
            time: now.nanoseconds,
            tokens: Int64(min(tokens, Self.mostTokens)),
            span: 0,
            requests: UInt32(clamping: requests)
        )
        guard let last = entries.last, entries.count >= Self.exactCapacity else {
            return entries.append(added)
        }
        let span = added.time - last.time + Int64(last.span)
        guard span < Self.longestSpan || entries.count >= Self.capacity else { return entries.append(added) }
        entries[entries.count - 1] = Entry(
            time: added.time,
            tokens: last.tokens + added.tokens,
            span: UInt32(clamping: span),
            requests: UInt32(clamping: Int(last.requests) + requests)
        )
    }

    /// Changes what the admission of a moment counts for; false when it has left the log.
    mutating func change(at time: Instant, tokens: Int) -> Bool {
        // Corrections come soon: the admission is among the last.
        guard let index = entries.lastIndex(where: { $0.time - Int64($0.span) <= time.nanoseconds }),
            time.nanoseconds <= entries[index].time
        else { return false }
        let sum = Int(entries[index].tokens) + max(-Self.mostTokens, min(tokens, Self.mostTokens))
        entries[index].tokens = Int64(max(0, sum))
        return true
    }
}
