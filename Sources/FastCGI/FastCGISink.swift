import CFastCGI
import Glibc

/// The `FCGI_STDOUT` stream of a FastCGI request.
struct FastCGISink: ByteSink {
    let stream: UnsafeMutablePointer<FCGX_Stream>

    func write(_ bytes: UnsafeRawBufferPointer) throws(ExchangeError) {
        var rest = bytes[...]
        while !rest.isEmpty {
            // The library counts in C ints.
            let piece = UnsafeRawBufferPointer(rebasing: rest.prefix(Int(CInt.max)))
            _ = FCGX_PutStr(piece.baseAddress?.assumingMemoryBound(to: CChar.self), CInt(piece.count), stream)
            try check()
            rest = rest.dropFirst(piece.count)
        }
    }

    func flush() throws(ExchangeError) {
        // Its result is no evidence: it is 0 once a write has failed and the stream is closed.
        _ = FCGX_FFlush(stream)
        try check()
    }

    private func check() throws(ExchangeError) {
        let failure = FCGX_GetError(stream)
        guard failure == 0 else { throw failure == EAGAIN ? .timedOut : .clientGone }
    }
}
