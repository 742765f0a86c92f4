import Glibc

/// The standard input of a CGI program.
///
/// Not a value to copy: it counts down what may still be read.
final class DescriptorSource: ByteSource {
    private let descriptor: CInt
    private var remaining: Int
    private let isExact: Bool

    /// - Parameters:
    ///   - descriptor: an open file, pipe or socket; it stays open.
    ///   - length: how many bytes may be read at most (RFC 3875, 4.2: a script must not read more than
    ///     `CONTENT_LENGTH`, since the server need not close its end); `Int.max` where none was promised.
    init(descriptor: CInt, length: Int) {
        self.descriptor = descriptor
        self.remaining = length
        isExact = length != Int.max
    }

    func read(into buffer: UnsafeMutableRawBufferPointer) throws(ExchangeError) -> Int {
        var filled = 0
        while filled < buffer.count, remaining > 0 {
            let target = UnsafeMutableRawBufferPointer(rebasing: buffer[filled...])
            let count = Glibc.read(descriptor, target.baseAddress, min(target.count, remaining))
            if count < 0 {
                if errno == EINTR { continue }
                throw .clientGone
            }
            if count == 0 {
                // Before a promised length the end of the stream is not the body's: the client has left.
                guard !isExact else { throw .clientGone }
                remaining = 0
            }
            filled += count
            remaining -= count
        }
        return filled
    }

    /// Nothing to do: whoever opened the descriptor closes it.
    func end() {}
}
