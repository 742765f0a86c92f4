/// What a client asks for: a path and a query, as it wrote them.
struct RequestTarget {
    /// Without the application's prefix; never empty.
    let path: String
    /// What follows the `?`; nil without one.
    let query: String?

    /// Takes off scheme and host, in which a client may write its target, and the prefix.
    ///
    /// Goes by bytes, not characters: an address is ASCII, and this is done for every request.
    init(_ text: String, prefix: String) {
        let (slash, question) = (UInt8(ascii: "/"), UInt8(ascii: "?"))
        var rest = text.utf8[...]
        if rest.first != slash {
            for scheme in ["http://", "https://"] where rest.starts(with: scheme.utf8) {
                rest = rest.dropFirst(scheme.utf8.count).drop { $0 != slash && $0 != question }
            }
        }
        let end = rest.firstIndex(of: question) ?? rest.endIndex
        var path = rest[..<end]
        if !prefix.isEmpty, path.starts(with: prefix.utf8) {
            let inner = path.dropFirst(prefix.utf8.count)
            if inner.isEmpty || inner.first == slash { path = inner }
        }
        self.path = path.isEmpty ? "/" : String(Substring(path))
        query = end < rest.endIndex ? String(Substring(rest[end...].dropFirst())) : nil
    }
}
