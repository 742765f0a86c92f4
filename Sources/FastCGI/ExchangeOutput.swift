/// A request's answer: a CGI head, an empty line, a body.
///
/// Writes collect in a buffer of 8 KiB and block while the web server does not take them. After the first
/// error every further call throws the same error. On a HEAD request errors are swallowed: nginx closes the
/// connection once it has the head, and nobody is gone. Belongs to one thread.
public final class ExchangeOutput {
    private let sink: any ByteSink
    private let swallowsErrors: Bool
    private var failure: ExchangeError?

    init(sink: any ByteSink, swallowsErrors: Bool) {
        self.sink = sink
        self.swallowsErrors = swallowsErrors
    }

    /// Whether the web server is lost to this answer; what is written now goes nowhere.
    public var isBroken: Bool { failure != nil }

    /// Writes bytes as they are.
    ///
    /// - Throws: `clientGone`, `timedOut`.
    public func write(_ bytes: UnsafeRawBufferPointer) throws(ExchangeError) {
        try attempt { () throws(ExchangeError) in try sink.write(bytes) }
    }

    /// Writes bytes as they are.
    ///
    /// - Throws: `clientGone`, `timedOut`.
    public func write(_ bytes: [UInt8]) throws(ExchangeError) {
        try bytes.withUnsafeBufferPointer { buffer throws(ExchangeError) in
            try write(UnsafeRawBufferPointer(buffer))
        }
    }

    /// Writes text as UTF-8.
    ///
    /// - Throws: `clientGone`, `timedOut`.
    public func write(_ text: String) throws(ExchangeError) {
        try write(Array(text.utf8))
    }

    /// Sends what has been written so far.
    ///
    /// - Throws: `clientGone`, `timedOut`.
    public func flush() throws(ExchangeError) {
        try attempt { () throws(ExchangeError) in try sink.flush() }
    }

    /// Lets go of the connection, which is about to be used for something else.
    func end() {
        failure = failure ?? .clientGone
    }

    private func attempt(_ operation: () throws(ExchangeError) -> Void) throws(ExchangeError) {
        if failure == nil {
            do throws(ExchangeError) { return try operation() } catch { failure = error }
        }
        if let failure, !swallowsErrors { throw failure }
    }
}
