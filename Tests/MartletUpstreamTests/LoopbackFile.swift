import Glibc
import Synchronization
import Threading

/// A server on a free port that gives one answer to each connection, in order, and keeps what it was asked.
///
/// It listens until all answers are given, whoever holds it.
final class LoopbackFile: Sendable {
    let port: UInt16
    private let received = Received()

    /// The heads of the requests so far.
    var requests: [String] { received.heads.withLock { $0 } }

    static func ok(_ body: String) -> String {
        "HTTP/1.1 200 OK\r\nContent-Length: \(body.utf8.count)\r\nConnection: close\r\n\r\n\(body)"
    }

    init(answers: [String], address: String = "127.0.0.1") throws {
        let listener = socket(AF_INET, CInt(SOCK_STREAM.rawValue), 0)
        var place = sockaddr_in()
        place.sin_family = sa_family_t(AF_INET)
        inet_pton(AF_INET, address, &place.sin_addr)
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let isBound = withUnsafeMutablePointer(to: &place) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(listener, $0, length) == 0 && listen(listener, 16) == 0
                    && getsockname(listener, $0, &length) == 0
            }
        }
        guard isBound else { throw Unbound(code: errno) }
        port = UInt16(bigEndian: place.sin_port)
        _ = try WorkerThread(name: "loopback file") { [received] in
            for answer in answers {
                let connection = accept(listener, nil, nil)
                guard connection >= 0 else { return }
                let head = Self.head(of: connection)
                received.heads.withLock { $0.append(head) }
                Self.send(Array(answer.utf8), to: connection)
                close(connection)
            }
            close(listener)
        }
    }

    private struct Unbound: Error { let code: CInt }

    /// Outlives the server while its thread waits.
    private final class Received: Sendable {
        let heads = Mutex<[String]>([])
    }

    private static func head(of connection: CInt) -> String {
        var bytes: [UInt8] = []
        var byte: UInt8 = 0
        while bytes.suffix(4) != Array("\r\n\r\n".utf8)[...], recv(connection, &byte, 1, 0) == 1 {
            bytes.append(byte)
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    private static func send(_ bytes: [UInt8], to connection: CInt) {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes {
                Glibc.send(connection, $0.baseAddress, $0.count, CInt(MSG_NOSIGNAL))
            }
            guard count > 0 else { return }
            rest = rest.dropFirst(count)
        }
    }
}
