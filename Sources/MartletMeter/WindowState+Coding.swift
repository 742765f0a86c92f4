import MartletStore

/// The stored form: a version byte, then five numbers an entry, each as LEB128.
///
/// Time since the entry before (nanoseconds), sequence since the entry before, tokens, span, requests. Small
/// numbers take few bytes, so that a full window fits a database page: every request writes its windows twice.
extension WindowState {
    private static let version: UInt8 = 2

    /// Reads the stored form; nil when it is none.
    init?(_ bytes: [UInt8]) {
        guard bytes.first == Self.version else { return nil }
        var reader = NumberReader(bytes: bytes, position: 1)
        var time: Int64 = 0
        var sequence: UInt64 = 0
        entries.reserveCapacity(Self.capacity)
        while !reader.isAtEnd {
            guard entries.count < Self.capacity, let timeStep = reader.next(),
                let sequenceStep = reader.next(),
                let tokens = reader.next(), let span = reader.next(), let requests = reader.next()
            else { return nil }
            let earlier = entries.isEmpty ? Int64.min : time
            time &+= Int64(bitPattern: timeStep)
            sequence &+= sequenceStep
            guard time >= earlier, tokens <= Int64.max >> 8, let span = UInt32(exactly: span),
                let requests = UInt32(exactly: requests)
            else { return nil }
            entries.append(
                Entry(
                    time: time,
                    span: span,
                    requests: requests,
                    tokens: Int64(tokens),
                    sequence: sequence
                )
            )
        }
    }

    /// The stored form.
    var bytes: [UInt8] {
        var bytes: [UInt8] = [Self.version]
        bytes.reserveCapacity(1 + entries.count * 16)
        var time: Int64 = 0
        var sequence: UInt64 = 0
        for entry in entries {
            Self.append(UInt64(bitPattern: entry.time &- time), to: &bytes)
            Self.append(entry.sequence &- sequence, to: &bytes)
            Self.append(UInt64(entry.tokens), to: &bytes)
            Self.append(UInt64(entry.span), to: &bytes)
            Self.append(UInt64(entry.requests), to: &bytes)
            (time, sequence) = (entry.time, entry.sequence)
        }
        return bytes
    }

    private static func append(_ number: UInt64, to bytes: inout [UInt8]) {
        var rest = number
        while rest >= 0x80 {
            bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        bytes.append(UInt8(rest))
    }
}

/// Reads numbers in LEB128.
private struct NumberReader {
    let bytes: [UInt8]
    var position: Int

    var isAtEnd: Bool { position == bytes.count }

    /// The next number; nil when it breaks off or is too large.
    mutating func next() -> UInt64? {
        var number: UInt64 = 0
        var shift: UInt64 = 0
        while position < bytes.count, shift < 64 {
            let byte = bytes[position]
            position += 1
            number |= UInt64(byte & 0x7f) << shift
            if byte < 0x80 { return number }
            shift += 7
        }
        return nil
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
