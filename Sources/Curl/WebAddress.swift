import CCurl

/// An address taken apart by libcurl's own parser, so that what is checked is what is connected to.
///
/// Source: libcurl-url(3).
public struct WebAddress: Sendable, Equatable {
    /// `http` or `https`.
    public let scheme: String
    /// The host as it is written, in lower case; an IPv6 address in brackets.
    public let host: String
    /// The whole address, normalised, without a fragment.
    public let text: String

    /// Takes an absolute address apart, or one that is relative to `base`.
    ///
    /// - Returns: nil for another scheme, for one with a user's name, and for what is no address.
    public init?(_ text: String, relativeTo base: String? = nil) {
        guard let handle = curl_url() else { return nil }
        defer { curl_url_cleanup(handle) }
        let flags = UInt32(CURLU_DISALLOW_USER) | UInt32(CURLU_URLENCODE)
        if let base, curl_url_set(handle, CURLUPART_URL, base, flags) != CURLUE_OK { return nil }
        guard curl_url_set(handle, CURLUPART_URL, text, flags) == CURLUE_OK,
            curl_url_set(handle, CURLUPART_FRAGMENT, nil, 0) == CURLUE_OK,
            let scheme = Self.part(CURLUPART_SCHEME, of: handle)?.lowercased(),
            let host = Self.part(CURLUPART_HOST, of: handle)?.lowercased(), !host.isEmpty,
            let whole = Self.part(CURLUPART_URL, of: handle),
            scheme == "http" || scheme == "https",
            whole.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F })
        else { return nil }
        self.scheme = scheme
        self.host = host
        self.text = whole
    }

    private static func part(_ part: CURLUPart, of handle: OpaquePointer) -> String? {
        var text: UnsafeMutablePointer<CChar>?
        guard curl_url_get(handle, part, &text, 0) == CURLUE_OK, let text else { return nil }
        defer { curl_free(text) }
        return String(cString: text)
    }
}
