/// Where a request's body comes from.
protocol ByteSource {
    /// Fills `buffer` as far as the body goes.
    ///
    /// Blocks until the buffer is full or the body has ended.
    ///
    /// - Returns: how many bytes were read; fewer than `buffer` holds only at the body's end.
    /// - Throws: `clientGone` or `timedOut` when the body breaks off.
    func read(into buffer: UnsafeMutableRawBufferPointer) throws(ExchangeError) -> Int

    /// Gives back what reading takes; the body has been read to its end.
    func end()
}
