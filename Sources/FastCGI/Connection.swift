import CFastCGI
import Glibc

/// One connection from the web server, handed over to libfcgi.
///
/// Belongs to one thread; `close` must be called at the end.
struct Connection {
    private let request: UnsafeMutablePointer<FCGX_Request>
    private let descriptor: CInt

    init(descriptor: CInt) {
        self.descriptor = descriptor
        request = .allocate(capacity: 1)
        // The library gets the accepted connection as if it had kept it from an earlier request, and no
        // socket to accept further ones from.
        FCGX_InitRequest(request, -1, 0)
        request.pointee.listen_sock = -1
        request.pointee.ipcFd = descriptor
        request.pointee.keepConnection = 1
    }

    /// Whether the web server keeps the connection for another request.
    var isOpen: Bool { request.pointee.ipcFd >= 0 }

    /// Reads a request's head; nil when the web server sent none, or something else.
    func nextExchange() -> Exchange? {
        guard FCGX_Accept_r(request) == 0, let output = request.pointee.out else { return nil }
        return Exchange(
            parameters: ExchangeParameters(list: request.pointee.envp),
            source: FastCGISource(request: request),
            sink: FastCGISink(stream: output),
            socket: descriptor
        )
    }

    /// Sends what is left of the answer and its end, and closes the connection unless the web server keeps
    /// it.
    ///
    /// - Parameter exchange: the latest one; it is of no use afterwards.
    func finish(_ exchange: Exchange) {
        // The next request would be looked for in the middle of an unread body.
        let isReusable = exchange.input.hasEnded && !exchange.input.isBroken && !exchange.output.isBroken
        if !isReusable { request.pointee.keepConnection = 0 }
        // The library would end its half, and wait and read until the web server has closed its own, lest unread
        // input turn the close into a reset. Where all input has been read a plain close does it.
        request.pointee.detached = isReusable ? 1 : 0
        // Else finishing would block once more for as long as the write that failed.
        if exchange.output.isBroken { shutdown(descriptor, CInt(SHUT_RDWR)) }
        exchange.end()
        if request.pointee.in == nil { finishWithoutInput() } else { FCGX_Finish_r(request) }
    }

    /// What `FCGX_Finish_r` does, which takes a request without its input stream for one that never began.
    private func finishWithoutInput() {
        let failure = FCGX_FClose(request.pointee.err) | FCGX_FClose(request.pointee.out)
        FCGX_Free(request, request.pointee.keepConnection == 0 || failure != 0 ? 1 : 0)
    }

    /// Closes what is open still and frees the memory.
    func close() {
        if isOpen { FCGX_Free(request, 1) }
        request.deallocate()
    }
}
