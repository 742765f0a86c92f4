import CFastCGI
import Glibc

/// How a socket of each kind is opened and bound, up to `listen`.
extension ListeningSocket {
    static func bindUnix(path: String, mode: UInt32, group: String?) throws(ListeningSocketError) -> CInt {
        let address = try socketAddress(path)
        // Looked up first: a wrong name leaves nothing behind.
        let owner = try group.map { name throws(ListeningSocketError) in (name, try identifier(ofGroup: name))
        }
        try removeStale(path, address)

        let descriptor = martlet_stream_socket(AF_UNIX)
        guard descriptor >= 0 else { throw .system(call: "socket", code: errno) }
        do throws(ListeningSocketError) {
            guard withAddress(address, { Glibc.bind(descriptor, $0, $1) }) == 0 else {
                throw bindError(errno, path: path)
            }
            guard chmod(path, mode) == 0 else { throw .system(call: "chmod", code: errno) }
            if let (name, identifier) = owner, chown(path, uid_t.max, identifier) != 0 {
                throw .groupNotPermitted(name: name)
            }
            return descriptor
        } catch {
            close(descriptor)
            throw error
        }
    }

    static func bindTCP(host: String, port: UInt16, address: String) throws(ListeningSocketError) -> CInt {
        var hints = addrinfo()
        hints.ai_socktype = CInt(SOCK_STREAM.rawValue)
        hints.ai_flags = AI_PASSIVE
        var found: UnsafeMutablePointer<addrinfo>?
        guard getaddrinfo(host, String(port), &hints, &found) == 0, let entry = found?.pointee else {
            throw .unknownHost(host: host)
        }
        defer { freeaddrinfo(found) }

        let descriptor = martlet_stream_socket(entry.ai_family)
        guard descriptor >= 0 else { throw .system(call: "socket", code: errno) }
        var yes: CInt = 1
        setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &yes, socklen_t(MemoryLayout<CInt>.size))
        guard Glibc.bind(descriptor, entry.ai_addr, entry.ai_addrlen) == 0 else {
            let code = errno
            close(descriptor)
            switch code {
            case EADDRINUSE: throw .inUse(address: address)
            case EACCES: throw .notPermitted(address: address)
            case EADDRNOTAVAIL: throw .unknownHost(host: host)
            default: throw .system(call: "bind", code: code)
            }
        }
        return descriptor
    }

    /// Removes a socket file whose listener is gone; one that answers stays.
    private static func removeStale(_ path: String, _ address: sockaddr_un) throws(ListeningSocketError) {
        var status = stat()
        guard lstat(path, &status) == 0 else { return }
        guard status.st_mode & S_IFMT == S_IFSOCK else { throw .notASocket(path: path) }
        let probe = martlet_stream_socket(AF_UNIX)
        guard probe >= 0 else { throw .system(call: "socket", code: errno) }
        defer { close(probe) }
        _ = fcntl(probe, F_SETFL, O_NONBLOCK)
        // Only a refusal proves that nobody listens: a full backlog says EAGAIN, another user's socket
        // EACCES.
        guard withAddress(address, { connect(probe, $0, $1) }) != 0, errno == ECONNREFUSED else {
            throw .inUse(address: "unix:\(path)")
        }
        guard unlink(path) == 0 || errno == ENOENT else { throw .notPermitted(address: "unix:\(path)") }
    }

    private static func bindError(_ code: CInt, path: String) -> ListeningSocketError {
        switch code {
        case ENOENT, ENOTDIR: .folderMissing(path: path)
        case EACCES, EPERM, EROFS: .notPermitted(address: "unix:\(path)")
        case EADDRINUSE: .inUse(address: "unix:\(path)")
        default: .system(call: "bind", code: code)
        }
    }

    private static func identifier(ofGroup name: String) throws(ListeningSocketError) -> gid_t {
        if let number = gid_t(name) { return number }
        guard let entry = getgrnam(name) else { throw .unknownGroup(name: name) }
        return entry.pointee.gr_gid
    }

    private static func socketAddress(_ path: String) throws(ListeningSocketError) -> sockaddr_un {
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        // One byte is kept for the terminating zero.
        let limit = MemoryLayout.size(ofValue: address.sun_path) - 1
        guard path.utf8.count <= limit else { throw .pathTooLong(path: path, limit: limit) }
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
        return address
    }

    private static func withAddress(
        _ address: sockaddr_un,
        _ body: (UnsafePointer<sockaddr>, socklen_t) -> CInt
    ) -> CInt {
        withUnsafeBytes(of: address) { bytes in
            guard let start = bytes.baseAddress else { return -1 }
            return body(start.assumingMemoryBound(to: sockaddr.self), socklen_t(bytes.count))
        }
    }
}
