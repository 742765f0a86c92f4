/// One request and its answer, from a FastCGI connection or from a CGI program's surroundings.
///
/// Belongs to one thread, and only until the handler that got it returns.
public final class Exchange {
    /// What the web server says about the request.
    public let parameters: ExchangeParameters
    /// The request's body.
    public let input: ExchangeInput
    /// The answer.
    public let output: ExchangeOutput
    /// Whether only the head of the answer is wanted.
    public let isHead: Bool
    private let socket: CInt
    private var remaining: [() -> Void] = []

    init(parameters: ExchangeParameters, source: any ByteSource, sink: any ByteSink, socket: CInt) {
        self.parameters = parameters
        self.input = ExchangeInput(source: source)
        // nginx hangs up on a HEAD request as soon as it has the head: that says nothing about its client.
        isHead = parameters["REQUEST_METHOD"] == "HEAD"
        self.output = ExchangeOutput(sink: sink, swallowsErrors: isHead)
        self.socket = isHead ? -1 : socket
    }

    /// The socket to watch while waiting: `POLLIN` on it means that the web server hung up.
    ///
    /// It is -1 until the body has been read to its end, because before that there may be more of it to read,
    /// and -1 for HEAD requests and CGI programs, where it would tell nothing. nginx hangs up as soon as its
    /// client does; lighttpd and Apache do not, and only a write finds out.
    public var descriptor: CInt { input.hasEnded ? socket : -1 }

    /// Has something done when the web server has the end of the answer.
    public func afterEnd(_ action: @escaping () -> Void) {
        remaining.append(action)
    }

    /// Does what was left for after the end, once.
    func doWhatRemains() {
        defer { remaining = [] }
        for action in remaining { action() }
    }

    /// Lets go of the connection: a handler that kept a part of the exchange finds it empty.
    func end() {
        parameters.end()
        input.end()
        output.end()
    }
}
