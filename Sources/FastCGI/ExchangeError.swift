/// Why reading a request's body or writing its answer did not go on.
public enum ExchangeError: Error, Equatable {
    /// The web server closed the connection: nobody reads the answer any more.
    case clientGone
    /// The web server neither took nor sent a byte within the responder's time limit.
    case timedOut
    /// The body is longer than `limit` bytes.
    case tooLarge(limit: Int)
}
