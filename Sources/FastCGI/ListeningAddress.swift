/// Where to listen, as written in a configuration: `unix:path` or `tcp:host:port`.
enum ListeningAddress: Equatable {
    /// A socket file; a relative path counts from the working folder.
    case unix(path: String)
    /// A host without brackets, and a port, 0 for any free one.
    case tcp(host: String, port: UInt16)

    /// - Throws: `malformed`.
    init(_ text: String) throws(ListeningSocketError) {
        if text.hasPrefix("unix:"), text.utf8.count > 5, !text.utf8.contains(0) {
            self = .unix(path: String(text.dropFirst(5)))
            return
        }
        guard text.hasPrefix("tcp:"), let colon = text.lastIndex(of: ":"),
            let port = UInt16(text[text.index(after: colon)...])
        else { throw .malformed(address: text) }
        var host = text.dropFirst(4)[..<max(colon, text.index(text.startIndex, offsetBy: 4))]
        if host.hasPrefix("["), host.hasSuffix("]") { host = host.dropFirst().dropLast() }
        // An empty host would mean every network: whoever wants that writes 0.0.0.0.
        guard !host.isEmpty else { throw .malformed(address: text) }
        self = .tcp(host: String(host), port: port)
    }
}
