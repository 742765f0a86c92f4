/// Keys of which the lowest can be taken: a binary heap.
///
/// Belongs to one thread.
struct KeyHeap {
    private var keys: [UInt64]

    /// Makes a heap of `keys`, in time linear in their number.
    init(_ keys: [UInt64]) {
        self.keys = keys
        for index in stride(from: keys.count / 2 - 1, through: 0, by: -1) { sink(index, keys[index]) }
    }

    /// Adds a key.
    mutating func insert(_ key: UInt64) {
        var index = keys.count
        keys.append(key)
        while index > 0 {
            let parent = (index - 1) / 2
            if keys[parent] <= key { break }
            keys[index] = keys[parent]
            index = parent
        }
        keys[index] = key
    }

    /// Takes the lowest key out; nil when none is left.
    mutating func removeLowest() -> UInt64? {
        guard let lowest = keys.first, let last = keys.popLast() else { return nil }
        if !keys.isEmpty { sink(0, last) }
        return lowest
    }

    /// Puts `key` where it belongs at or below `index`.
    private mutating func sink(_ index: Int, _ key: UInt64) {
        var index = index
        while true {
            var child = 2 * index + 1
            if child >= keys.count { break }
            if child + 1 < keys.count && keys[child + 1] < keys[child] { child += 1 }
            if key <= keys[child] { break }
            keys[index] = keys[child]
            index = child
        }
        keys[index] = key
    }
}
