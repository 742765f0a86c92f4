/// Why a transfer failed.
///
/// An answer with an error status is no failure. No case carries the URL, a field or a part of a body, so
/// that an error can be logged as it is.
///
/// Source: libcurl-errors(3).
public enum TransferError: Error, Equatable, Sendable {
    /// The request cannot be sent as it is written: its URL, or an option made of it.
    case invalidRequest
    /// The host's name has no address.
    case resolve
    /// Nobody answers at the address.
    case connect
    /// `Transfer.permits` refuses every address that the host's name has.
    case addressRefused
    /// The handshake failed, or the server's certificate is not trusted; the text is for the log.
    case tls(String)
    /// The connection did not stand in time.
    case connectTimeout
    /// The head of the answer did not arrive in time.
    case firstByteTimeout
    /// The answer fell silent.
    case idleTimeout
    /// The whole took too long.
    case totalTimeout
    /// The connection was lost, before or after the head of the answer.
    case cut(afterHead: Bool)
    /// The answer's head or body is larger than allowed.
    case tooLarge
    /// The answer is not HTTP.
    case malformed
    /// Anything else: libcurl's code, and what it says about that code in general.
    case other(code: Int, text: String)
}
