import MartletStore

/// The stored form: the entries as they lie in memory.
///
/// The database lives as long as the machine is up, so both are of one kind. Every request reads and writes its
/// windows, which is why nothing is packed or spelled out.
extension WindowState {
    /// Reads the stored form; nil when it is none.
    init?(_ bytes: [UInt8]) {
        let stride = MemoryLayout<Entry>.stride
        let (count, rest) = bytes.count.quotientAndRemainder(dividingBy: stride)
        guard rest == 0, count <= Self.capacity else { return nil }
        entries = [Entry](unsafeUninitializedCapacity: count + 1) { buffer, filled in
            bytes.withUnsafeBytes { UnsafeMutableRawBufferPointer(buffer).copyMemory(from: $0) }
            filled = count
        }
        guard isSane else { return nil }
    }

    /// The stored form.
    var bytes: [UInt8] {
        entries.withUnsafeBytes { Array($0) }
    }

    /// Whether sums stay in range and time runs forwards.
    private var isSane: Bool {
        var latest = Int64.min
        for entry in entries {
            guard entry.time >= latest, (0...Int64.max >> 8).contains(entry.tokens) else { return false }
            latest = entry.time
        }
        return true
    }
}

extension WindowState {
    /// Reads a row's state.
    ///
    /// - Throws: `StoreError.damaged` when it is none.
    init(reading row: WindowRow) throws(StoreError) {
        guard let state = Self(row.state) else { throw .damaged("a rate window is in an unknown form") }
        self = state
    }
}
