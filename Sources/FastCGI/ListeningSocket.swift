import Glibc

/// A socket on which the web server's connections arrive: inherited, or opened here.
///
/// A value: it does not close the descriptor when it goes.
public struct ListeningSocket: Sendable {
    /// The descriptor, in blocking mode.
    public let descriptor: CInt

    /// A socket that is open already, handed over in some other way.
    public init(descriptor: CInt) {
        self.descriptor = descriptor
    }

    /// The socket that whoever started this process put in place; nil when there is none.
    ///
    /// Descriptor 0 under spawn-fcgi, lighttpd, mod_fcgid and a supervisor (FastCGI specification 1.0, 2.2);
    /// descriptor 3 under systemd (`sd_listen_fds(3)`), whose variables are taken out of the environment.
    /// Call it before threads start.
    public static func inherited() -> ListeningSocket? {
        if isListening(0) { return ListeningSocket(descriptor: 0) }
        let environment = ExchangeParameters.ofProcess()
        guard environment["LISTEN_PID"] == String(getpid()),
            let count = environment["LISTEN_FDS"].flatMap({ Int($0) }), count >= 1, isListening(3)
        else { return nil }
        for name in ["LISTEN_PID", "LISTEN_FDS", "LISTEN_FDNAMES"] { unsetenv(name) }
        return ListeningSocket(descriptor: 3)
    }

    /// Opens a socket and listens on it.
    ///
    /// A socket file that nobody listens on any more is replaced.
    ///
    /// - Parameters:
    ///   - address: `unix:path` or `tcp:host:port`, the host as a name, as `127.0.0.1` or as `[::1]`.
    ///   - backlog: how many connections may wait; the system's `net.core.somaxconn` bounds it.
    ///   - mode: the permissions of a socket file.
    ///   - group: the name or number of the group that a socket file is given to.
    /// - Returns: a socket that no child process inherits.
    /// - Throws: `ListeningSocketError`.
    public static func bind(
        _ address: String,
        backlog: CInt = 4096,
        mode: UInt32 = 0o660,
        group: String? = nil
    ) throws(ListeningSocketError) -> ListeningSocket {
        let parsed = try ListeningAddress(address)
        let descriptor =
            switch parsed {
            case .unix(let path): try bindUnix(path: path, mode: mode, group: group)
            case .tcp(let host, let port): try bindTCP(host: host, port: port, address: address)
            }
        // Last, so that nobody connects before the permissions are right.
        guard listen(descriptor, backlog) == 0 else {
            let code = errno
            close(descriptor)
            throw code == EADDRINUSE ? .inUse(address: address) : .system(call: "listen", code: code)
        }
        return ListeningSocket(descriptor: descriptor)
    }

    /// Whether a descriptor is a socket on which `listen` was called.
    public static func isListening(_ descriptor: CInt) -> Bool {
        var answer: CInt = 0
        var size = socklen_t(MemoryLayout<CInt>.size)
        return getsockopt(descriptor, SOL_SOCKET, SO_ACCEPTCONN, &answer, &size) == 0 && answer == 1
    }

    /// Whether the connections come over TCP.
    var isTCP: Bool {
        var domain: CInt = 0
        var size = socklen_t(MemoryLayout<CInt>.size)
        return getsockopt(descriptor, SOL_SOCKET, SO_DOMAIN, &domain, &size) == 0 && domain != AF_UNIX
    }
}
