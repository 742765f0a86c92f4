/// A request's body, read to its end-of-stream record.
///
/// `CONTENT_LENGTH` is not believed: web servers leave it out or send it wrong, and only the end of the
/// stream is certain (FastCGI specification 1.0, 5.3). Belongs to one thread.
public final class ExchangeInput {
    /// Most bodies are no longer.
    private static let firstSize = 4 * 1024
    private static let pieceSize = 16 * 1024

    private let source: any ByteSource

    /// Whether the body has been read to its end, or broke off.
    public private(set) var hasEnded = false

    init(source: any ByteSource) {
        self.source = source
    }

    /// Reads the whole body.
    ///
    /// A body over the limit is read on and thrown away, so that the web server, which sends first and
    /// listens afterwards, gets to see the answer; a body longer than both bounds is left where it is.
    ///
    /// - Parameters:
    ///   - limit: in bytes; a body of exactly this size is accepted.
    ///   - discarding: how many bytes beyond the limit are thrown away at most.
    ///   - expected: how many bytes it is said to have, asked for longer bodies: right, it saves copies while the body
    ///     grows; wrong, nothing breaks.
    /// - Returns: what is left of it, if a part was read before.
    /// - Throws: `tooLarge`, `clientGone`, `timedOut`.
    public func read(
        limit: Int,
        discarding: Int = 256 << 20,
        expecting expected: @autoclosure () -> Int? = nil
    ) throws(ExchangeError) -> [UInt8] {
        precondition(limit >= 0 && discarding >= 0)
        guard !hasEnded else { return [] }
        var body = try readFirst()
        // A small one is kept as long as its request: not with all the room that it was read into.
        guard !hasEnded || body.count > limit else {
            return body.count < Self.firstSize / 2 ? body.withUnsafeBytes { Array($0) } : body
        }
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: Self.pieceSize, alignment: 1)
        defer { buffer.deallocate() }
        guard body.count <= limit else {
            try discard(discarding, into: buffer)
            throw .tooLarge(limit: limit)
        }
        if let expected = expected(), expected > body.count { body.reserveCapacity(min(expected, limit)) }
        while !hasEnded {
            let piece = buffer.prefix(try read(into: buffer))
            guard piece.count <= limit - body.count else {
                try discard(discarding, into: buffer)
                throw .tooLarge(limit: limit)
            }
            body.append(contentsOf: piece)
        }
        return body
    }

    /// Reads the beginning of the body straight into the array that becomes the body.
    private func readFirst() throws(ExchangeError) -> [UInt8] {
        try [UInt8](unsafeUninitializedCapacity: Self.firstSize) { buffer, count throws(ExchangeError) in
            count = try read(into: UnsafeMutableRawBufferPointer(buffer))
        }
    }

    /// Fills `buffer` with the next bytes of the body.
    ///
    /// Blocks until the buffer is full or the body has ended.
    ///
    /// - Returns: how many bytes were read; 0 at the end.
    /// - Throws: `clientGone`, `timedOut`.
    public func read(into buffer: UnsafeMutableRawBufferPointer) throws(ExchangeError) -> Int {
        guard !hasEnded, !buffer.isEmpty else { return 0 }
        do throws(ExchangeError) {
            let count = try source.read(into: buffer)
            if count < buffer.count {
                hasEnded = true
                source.end()
            }
            return count
        } catch {
            isBroken = true
            hasEnded = true
            throw error
        }
    }

    /// Whether the body broke off.
    private(set) var isBroken = false

    /// Lets go of the connection, which is about to be used for something else.
    func end() {
        hasEnded = true
    }

    private func discard(_ limit: Int, into buffer: UnsafeMutableRawBufferPointer) throws(ExchangeError) {
        var discarded = 0
        while !hasEnded, discarded < limit { discarded += try read(into: buffer) }
    }
}
