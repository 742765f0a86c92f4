import CFastCGI
import Glibc

/// The `FCGI_STDIN` stream of a FastCGI request.
struct FastCGISource: ByteSource {
    let stream: UnsafeMutablePointer<FCGX_Stream>

    func read(into buffer: UnsafeMutableRawBufferPointer) throws(ExchangeError) -> Int {
        // The library counts in C ints.
        let wanted = min(buffer.count, Int(CInt.max))
        guard wanted > 0 else { return 0 }
        let count = FCGX_GetStr(buffer.baseAddress?.assumingMemoryBound(to: CChar.self), CInt(wanted), stream)
        let failure = FCGX_GetError(stream)
        guard failure == 0 else { throw failure == EAGAIN ? .timedOut : .clientGone }
        return Int(count)
    }
}
