import Glibc

/// The standard output of a CGI program, with a buffer of 8 KiB.
///
/// SIGPIPE must be ignored or blocked, so that a lost reader shows as an error.
final class DescriptorSink: ByteSink {
    private static let capacity = 8192

    private let descriptor: CInt
    private var pending: [UInt8] = []

    /// - Parameter descriptor: an open file, pipe or socket; it stays open.
    init(descriptor: CInt) {
        self.descriptor = descriptor
    }

    func write(_ bytes: UnsafeRawBufferPointer) throws(ExchangeError) {
        pending.append(contentsOf: bytes)
        if pending.count >= Self.capacity { try flush() }
    }

    func flush() throws(ExchangeError) {
        var rest = pending[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            if count < 0 {
                if errno == EINTR { continue }
                throw .clientGone
            }
            rest = rest.dropFirst(count)
        }
        pending.removeAll(keepingCapacity: true)
    }
}
