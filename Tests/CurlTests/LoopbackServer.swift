import Glibc
import Synchronization
import Threading

/// A server on a free loopback port that runs a script on each connection.
final class LoopbackServer: Sendable {
    let port: UInt16
    private let listener: CInt
    private let count = Atomic<Int>(0)

    /// How many connections were accepted.
    var connectionCount: Int { count.load(ordering: .acquiring) }

    init(backlog: CInt = 128, script: (@Sendable (LoopbackConnection) -> Void)?) throws {
        // Nothing below may look at it; set before the first transfer of the process.
        _ = Self.poisonedEnvironment
        (listener, port) = try Self.listen(backlog: backlog)
        guard let script else { return }
        _ = try WorkerThread(name: "accept") { [self] in accept(script) }
    }

    private static let poisonedEnvironment: Void = {
        for name in ["http_proxy", "https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"] {
            setenv(name, "http://127.0.0.1:1", 1)
        }
    }()

    func url(_ path: String = "/") -> String { "http://127.0.0.1:\(port)\(path)" }

    func stop() {
        shutdown(listener, CInt(SHUT_RDWR))
    }

    private func accept(_ script: @escaping @Sendable (LoopbackConnection) -> Void) {
        while true {
            let descriptor = Glibc.accept(listener, nil, nil)
            guard descriptor >= 0 else { break }
            let number = count.add(1, ordering: .acquiringAndReleasing).newValue
            let thread = try? WorkerThread(name: "connection") {
                script(LoopbackConnection(descriptor: descriptor, number: number))
                close(descriptor)
            }
            if thread == nil { close(descriptor) }
        }
        close(listener)
    }

    private static func listen(backlog: CInt) throws -> (CInt, UInt16) {
        let descriptor = socket(AF_INET, CInt(SOCK_STREAM.rawValue), 0)
        var address = loopbackAddress(port: 0)
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let isBound = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(descriptor, $0, length) == 0 && Glibc.listen(descriptor, backlog) == 0
                    && getsockname(descriptor, $0, &length) == 0
            }
        }
        guard isBound else { throw SystemFailure(code: errno) }
        return (descriptor, UInt16(bigEndian: address.sin_port))
    }
}

/// A system call that failed while a test was set up.
struct SystemFailure: Error {
    let code: CInt
}

func loopbackAddress(port: UInt16) -> sockaddr_in {
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = port.bigEndian
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    return address
}

/// Starts a server for the time of `body`.
func withServer(
    _ script: @escaping @Sendable (LoopbackConnection) -> Void,
    _ body: (LoopbackServer) throws -> Void
) throws {
    let server = try LoopbackServer(script: script)
    defer { server.stop() }
    try body(server)
}
