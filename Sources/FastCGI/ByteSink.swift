/// Where an answer goes.
protocol ByteSink {
    /// Takes all of `bytes`, possibly into a buffer.
    ///
    /// - Throws: `clientGone` or `timedOut`; the sink is then of no more use.
    func write(_ bytes: UnsafeRawBufferPointer) throws(ExchangeError)

    /// Hands everything taken so far to the web server.
    ///
    /// - Throws: `clientGone` or `timedOut`; the sink is then of no more use.
    func flush() throws(ExchangeError)
}
