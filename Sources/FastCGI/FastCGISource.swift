import CFastCGI
import Glibc

/// The `FCGI_STDIN` stream of a FastCGI request.
struct FastCGISource: ByteSource {
    /// Whose stream it is: libfcgi's `in`, null once the body has been read.
    let request: UnsafeMutablePointer<FCGX_Request>

    func read(into buffer: UnsafeMutableRawBufferPointer) throws(ExchangeError) -> Int {
        // The library counts in C ints.
        let wanted = min(buffer.count, Int(CInt.max))
        guard wanted > 0, let stream = request.pointee.in else { return 0 }
        let count = FCGX_GetStr(buffer.baseAddress?.assumingMemoryBound(to: CChar.self), CInt(wanted), stream)
        let failure = FCGX_GetError(stream)
        guard failure == 0 else { throw failure == EAGAIN ? .timedOut : .clientGone }
        return Int(count)
    }

    /// Frees the library's buffer, 8 KiB that a stream would hold as long as it lasts.
    func end() {
        FCGX_FreeStream(&request.pointee.in)
    }
}
