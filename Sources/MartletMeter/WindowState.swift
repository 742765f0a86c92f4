import MartletCore

/// The log of one subject's last 60 seconds.
///
/// It holds at most 128 entries. When one more is needed, the two neighbours that are closest together in
/// time become one, at the later time: what was admitted is then forgotten later (by at most a second),
/// never earlier, so in no interval of 60 seconds more than the limit is admitted.
struct WindowState: Equatable {
    /// One admission, or several neighbours that were merged.
    struct Entry: Equatable {
        /// When the last of them was admitted, in nanoseconds.
        var time: Int64
        /// How many nanoseconds before `time` the first of them was.
        var span: UInt32
        /// How many requests they count for.
        var requests: UInt32
        /// How many tokens they count for.
        var tokens: Int64
        /// The number of the last of them; numbers grow by one from admission to admission.
        var sequence: UInt64
    }

    /// How long an entry counts, in nanoseconds.
    static let length: Int64 = 60_000_000_000
    /// The largest number of entries.
    static let capacity = 128
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

    /// Counts an admission and returns its number.
    mutating func append(requests: Int, tokens: Int, at now: Instant) -> UInt64 {
        if entries.count >= Self.capacity { mergeClosest() }
        let sequence = (entries.last?.sequence ?? 0) + 1
        entries.append(
            Entry(
                time: now.nanoseconds,
                span: 0,
                requests: UInt32(clamping: requests),
                tokens: Int64(min(tokens, Self.mostTokens)),
                sequence: sequence
            )
        )
        return sequence
    }

    /// Changes what an admission counts for; false when it has left the log.
    mutating func change(sequence: UInt64, at time: Instant, requests: Int, tokens: Int) -> Bool {
        guard let index = entries.firstIndex(where: { $0.sequence >= sequence }) else { return false }
        let entry = entries[index]
        // An older row may have used the same numbers: the time tells.
        guard (entry.time - Int64(entry.span)...entry.time).contains(time.nanoseconds) else { return false }
        let sum = Int(entry.tokens) + max(-Self.mostTokens, min(tokens, Self.mostTokens))
        entries[index].tokens = Int64(max(0, sum))
        entries[index].requests = UInt32(clamping: Int(entry.requests) + requests)
        return true
    }

    /// Merging whoever is closest, not always the oldest two, keeps every merged entry short: an entry that
    /// takes in all that gets old would never leave while requests keep coming.
    private mutating func mergeClosest() {
        let pairs = entries.indices.dropLast()
        guard let first = pairs.min(by: { span(of: $0) < span(of: $1) }) else { return }
        let earlier = entries[first]
        entries[first + 1].span = UInt32(clamping: span(of: first))
        entries[first + 1].requests = UInt32(
            clamping: Int(entries[first + 1].requests) + Int(earlier.requests)
        )
        entries[first + 1].tokens += earlier.tokens
        entries.remove(at: first)
    }

    /// The time from the first admission of an entry to the last of its successor.
    private func span(of index: Int) -> Int64 {
        entries[index + 1].time - entries[index].time + Int64(entries[index].span)
    }
}
