/// The bytes of a file, in memory as they are or still spelled in base64, read piece by piece.
///
/// What is sent to a vendor is made of these, so that a picture of 20 MB is never there a second time.
public struct MediaBytes: Sendable, Equatable {
    private enum Storage: Sendable, Equatable {
        case plain(ArraySlice<UInt8>)
        case base64(Base64Text)
        case elsewhere(Elsewhere)
    }

    /// Bytes that are read from somewhere else.
    private struct Elsewhere: Sendable, Equatable {
        let bytes: any RandomAccessBytes
        let range: Range<Int>

        static func == (one: Elsewhere, other: Elsewhere) -> Bool {
            one.bytes === other.bytes && one.range == other.range
        }
    }

    private let storage: Storage
    /// How many bytes.
    public let count: Int

    /// Bytes as they are.
    public init(_ bytes: [UInt8]) {
        self.init(bytes[...])
    }

    /// A part of other bytes, which stay in memory as a whole.
    public init(_ bytes: ArraySlice<UInt8>) {
        storage = .plain(bytes)
        count = bytes.count
    }

    /// A part of bytes that lie somewhere else, read when it is its turn.
    public init(_ bytes: any RandomAccessBytes, _ range: Range<Int>) {
        storage = .elsewhere(Elsewhere(bytes: bytes, range: range))
        count = range.count
    }

    /// Bytes in base64, decoded once from start to end to check and to count them.
    ///
    /// - Parameters:
    ///   - text: the spelling.
    ///   - inspect: sees every byte once, in pieces.
    /// - Throws: `Base64Error` at the first fault.
    public init(
        decoding text: Base64Text,
        inspecting inspect: (ArraySlice<UInt8>) -> Void = { _ in }
    ) throws(Base64Error) {
        var reader = Base64Reader(text)
        var piece: [UInt8] = []
        piece.reserveCapacity(Self.pieceCount + 3)
        var total = 0
        while true {
            piece.removeAll(keepingCapacity: true)
            try reader.read(Self.pieceCount, into: &piece)
            guard !piece.isEmpty else { break }
            total += piece.count
            inspect(piece[...])
        }
        storage = .base64(text)
        count = total
    }

    /// Reads the bytes from the start, as often as one likes.
    public func reader() -> Reader { Reader(self) }

    /// Shows every byte once, in pieces.
    public func inspect(_ look: (ArraySlice<UInt8>) -> Void) {
        if case .plain(let bytes) = storage { return look(bytes) }
        var reader = reader()
        while case let piece = reader.read(Self.pieceCount), !piece.isEmpty { look(piece[...]) }
    }

    /// The bytes, where all of an array is meant; nil for others.
    public var inMemory: [UInt8]? {
        if case .plain(let slice) = storage { Array(slice) } else { nil }
    }

    /// All bytes in one array.
    public var array: [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(count)
        inspect { bytes += $0 }
        return bytes
    }

    private static let pieceCount = 48 * 1_024

    /// A place among the bytes.
    public struct Reader: Sendable {
        private enum Source: Sendable {
            case plain(ArraySlice<UInt8>)
            case base64(Base64Reader, rest: [UInt8])
            case elsewhere(any RandomAccessBytes, Range<Int>)
        }

        private var source: Source

        fileprivate init(_ bytes: MediaBytes) {
            switch bytes.storage {
            case .plain(let slice): source = .plain(slice)
            case .base64(let text): source = .base64(Base64Reader(text), rest: [])
            case .elsewhere(let elsewhere): source = .elsewhere(elsewhere.bytes, elsewhere.range)
            }
        }

        /// The next bytes, at most `count`; none at the end, and only there.
        public mutating func read(_ count: Int) -> [UInt8] {
            switch source {
            case .plain(let bytes):
                source = .plain(bytes.dropFirst(count))
                return Array(bytes.prefix(count))
            case .elsewhere(let bytes, let range):
                let piece = bytes.read(at: range.lowerBound, count: min(count, range.count))
                source = .elsewhere(bytes, (range.lowerBound + piece.count)..<range.upperBound)
                return piece
            case .base64(var reader, var rest):
                source = .plain([])  // one owner, so that the reader changes in place
                // What was checked when the value was made cannot fail now.
                try? reader.read(max(0, count - rest.count), into: &rest)
                let piece = Array(rest.prefix(count))
                rest.removeFirst(piece.count)
                source = .base64(reader, rest: rest)
                return piece
            }
        }
    }
}
