public import HTTPTypes

/// What to send: one HTTP request, and the limits on its answer.
///
/// A redirect is an answer like any other and is never followed.
public struct Transfer: Sendable {
    /// The protocol version to speak.
    public enum Version: Sendable, Hashable {
        /// HTTP/1.1, the default: it costs the least memory.
        case http1
        /// HTTP/2 where the server offers it in the TLS handshake, else HTTP/1.1.
        case http2
    }

    /// The request's method; `HEAD` receives a head and no body.
    public var method: HTTPRequest.Method
    /// An absolute `http` or `https` URL in printable ASCII, without user information.
    ///
    /// It is sent as it is written: escapes and dot segments are left alone.
    public var url: String
    /// The request's fields.
    ///
    /// Nothing else is sent but `Host` and the framing: `Connection`, `Content-Length`, `Expect` and
    /// `Transfer-Encoding` given here are dropped, because a wrong one would shift the message's borders.
    public var fields: HTTPFields
    /// The request's body, sent without a copy; nil for none.
    public var body: [UInt8]?
    /// A body that is produced while it is sent; it goes instead of `body`.
    public var upload: Upload?
    /// Asked before a connection is opened, with the address in its 4 or 16 bytes; nil permits every address.
    ///
    /// A warm connection is not asked again, so such transfers need a session pool of their own.
    public var permits: (@Sendable ([UInt8]) -> Bool)?
    /// How long it may take.
    public var limits = TimeLimits()
    /// How many bytes the answer's body may have; nil for no limit.
    public var maximumBodySize: Int?
    /// The protocol version to speak.
    public var version = Version.http1
    /// Whom to trust, and how to prove who we are.
    public var tls = TLSOptions()
    /// A proxy's URL; nil for a direct connection.
    ///
    /// The environment's proxies (`http_proxy` and its kin) are never used.
    public var proxy: String?

    /// A request with the default limits.
    ///
    /// - Parameters:
    ///   - method: the request's method.
    ///   - url: an absolute `http` or `https` URL.
    ///   - fields: the request's fields.
    ///   - body: the request's body.
    public init(
        method: HTTPRequest.Method = .get,
        url: String,
        fields: HTTPFields = [:],
        body: [UInt8]? = nil
    ) {
        self.method = method
        self.url = url
        self.fields = fields
        self.body = body
    }

    /// Scheme, host and port as they are written in the URL, in lower case; nil when the URL cannot be sent.
    ///
    /// Two spellings of one origin (with and without the default port) are two origins here: that costs a
    /// second warm connection, nothing else.
    var origin: String? {
        // Bytes, not characters: this is asked for every request.
        let bytes = url.utf8Span.span
        var hasUppercase = false
        for index in bytes.indices {
            guard bytes[index] > 0x20, bytes[index] < 0x7F else { return nil }
            if (0x41...0x5A).contains(bytes[index]) { hasUppercase = true }
        }
        let host = Self.schemeLength(bytes)
        guard host > 0 else { return nil }
        var end = host
        while end < bytes.count, !Self.endsAuthority(bytes[end]) {
            guard bytes[end] != UInt8(ascii: "@") else { return nil }
            end += 1
        }
        guard end > host else { return nil }
        let origin = String(Substring(url.utf8.prefix(end)))
        return hasUppercase ? origin.lowercased() : origin
    }

    /// How long `https://` or `http://` is at the beginning; 0 when neither is there.
    private static func schemeLength(_ bytes: Span<UInt8>) -> Int {
        if begins(bytes, with: "https://") { return 8 }
        return begins(bytes, with: "http://") ? 7 : 0
    }

    private static func begins(_ bytes: Span<UInt8>, with scheme: StaticString) -> Bool {
        guard bytes.count >= scheme.utf8CodeUnitCount else { return false }
        for index in 0..<scheme.utf8CodeUnitCount {
            guard lowercased(bytes[index]) == scheme.utf8Start[index] else { return false }
        }
        return true
    }

    private static func endsAuthority(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: "/") || byte == UInt8(ascii: "?") || byte == UInt8(ascii: "#")
    }

    private static func lowercased(_ byte: UInt8) -> UInt8 {
        (0x41...0x5A).contains(byte) ? byte | 0x20 : byte
    }
}
