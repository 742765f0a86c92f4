import MartletStore

/// The stored form: a version byte, then 32 bytes an entry, little-endian.
///
/// Time (8), sequence (8), tokens (8), span (4), requests (4).
extension WindowState {
    private static let version: UInt8 = 1
    private static let entrySize = 32

    /// Reads the stored form; nil when it is none.
    init?(_ bytes: [UInt8]) {
        guard bytes.first == Self.version, (bytes.count - 1) % Self.entrySize == 0 else { return nil }
        let count = (bytes.count - 1) / Self.entrySize
        guard count <= Self.capacity else { return nil }
        entries = bytes.withUnsafeBytes { source in
            func load<Number: FixedWidthInteger & BitwiseCopyable>(_ offset: Int, as: Number.Type) -> Number {
                Number(littleEndian: source.loadUnaligned(fromByteOffset: offset, as: Number.self))
            }
            return (0..<count).map { index in
                let start = 1 + index * Self.entrySize
                return Entry(
                    time: load(start, as: Int64.self),
                    span: load(start + 24, as: UInt32.self),
                    requests: load(start + 28, as: UInt32.self),
                    tokens: load(start + 16, as: Int64.self),
                    sequence: load(start + 8, as: UInt64.self)
                )
            }
        }
        guard zip(entries, entries.dropFirst()).allSatisfy({ $0.time <= $1.time }) else { return nil }
    }

    /// The stored form.
    var bytes: [UInt8] {
        let size = 1 + entries.count * Self.entrySize
        return [UInt8](unsafeUninitializedCapacity: size) { buffer, filled in
            let target = UnsafeMutableRawBufferPointer(buffer)
            target[0] = Self.version
            for (index, entry) in entries.enumerated() {
                let start = 1 + index * Self.entrySize
                target.storeBytes(of: entry.time.littleEndian, toByteOffset: start, as: Int64.self)
                target.storeBytes(of: entry.sequence.littleEndian, toByteOffset: start + 8, as: UInt64.self)
                target.storeBytes(of: entry.tokens.littleEndian, toByteOffset: start + 16, as: Int64.self)
                target.storeBytes(of: entry.span.littleEndian, toByteOffset: start + 24, as: UInt32.self)
                target.storeBytes(of: entry.requests.littleEndian, toByteOffset: start + 28, as: UInt32.self)
            }
            filled = size
        }
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
