import Glibc

/// Tells who can reach a socket file, because a web server that cannot answers every request with a 502.
enum SocketAccess {
    /// A sentence for the log when accounts other than the owner's need a group for the socket or for a folder above it;
    /// nil when everybody can reach it, and for other kinds of sockets.
    static func warning(for address: String) -> String? {
        guard address.hasPrefix("unix:") else { return nil }
        let path = String(address.dropFirst(5))
        let obstacles =
            folders(above: path).filter { !isOpen($0, to: 0o001) } + (isOpen(path, to: 0o002) ? [] : [path])
        guard let first = obstacles.first else { return nil }
        let groups = Set(obstacles.map { group(of: $0) ?? "nobody" }).sorted()
        let who =
            groups == ["nobody"]
            ? "nobody but its owner" : "only its owner and the group \(groups.joined(separator: " and "))"
        return "\(who) can reach the socket (\(first)): the web server's account must belong to it; "
            + "see server.socket_group and server.socket_mode"
    }

    private static func folders(above path: String) -> [String] {
        var folders: [String] = []
        var rest = path[...]
        while let slash = rest.lastIndex(of: "/"), slash > rest.startIndex {
            rest = rest[..<slash]
            folders.append(String(rest))
        }
        return folders.reversed()
    }

    private static func isOpen(_ path: String, to bit: UInt32) -> Bool {
        var status = stat()
        return stat(path, &status) != 0 || status.st_mode & bit != 0
    }

    /// The group that may pass as well; nil when none may.
    private static func group(of path: String) -> String? {
        var status = stat()
        guard stat(path, &status) == 0, status.st_mode & 0o010 != 0 || status.st_mode & 0o020 != 0 else {
            return nil
        }
        guard let entry = getgrgid(status.st_gid) else { return String(status.st_gid) }
        return String(cString: entry.pointee.gr_name)
    }
}
