import Glibc

/// The same exchange for a program that a web server starts anew for every request (RFC 3875).
///
/// It is what shared hosting without FastCGI offers. One process, one thread, one request.
public enum PlainCGI {
    /// Whether a web server started this process as a CGI program.
    ///
    /// FastCGI programs may find `GATEWAY_INTERFACE` in their environment too, but have a listening socket as
    /// descriptor 0.
    public static var isCGI: Bool {
        ExchangeParameters.ofProcess()["GATEWAY_INTERFACE"] != nil && !ListeningSocket.isListening(0)
    }

    /// Answers the request that this process was started for.
    ///
    /// Ignores SIGPIPE from now on, so that a lost web server shows as an error of the output.
    public static func serve(_ body: (Exchange) -> Void) {
        signal(SIGPIPE, SIG_IGN)
        let exchange = exchange(ExchangeParameters.ofProcess(), reading: STDIN_FILENO, writing: STDOUT_FILENO)
        body(exchange)
        // Nobody is left to tell when this fails.
        try? exchange.output.flush()
        exchange.end()
        exchange.doWhatRemains()
    }

    static func exchange(_ parameters: ExchangeParameters, reading: CInt, writing: CInt) -> Exchange {
        Exchange(
            parameters: parameters,
            source: DescriptorSource(descriptor: reading, length: bodyLength(parameters)),
            sink: DescriptorSink(descriptor: writing),
            socket: -1
        )
    }

    /// Without a length there is no body (RFC 3875, 4.1.2), unless the client sent one in chunks, which web
    /// servers pass on up to the end of the stream.
    private static func bodyLength(_ parameters: ExchangeParameters) -> Int {
        if let length = parameters["CONTENT_LENGTH"], !length.isEmpty { return max(0, Int(length) ?? 0) }
        return parameters["HTTP_TRANSFER_ENCODING"] == nil ? 0 : Int.max
    }
}
