import Glibc

/// What a web server does on one FastCGI connection, step by step, for tests.
///
/// Belongs to one thread. Every wait ends after a time limit, so that a test never hangs.
public final class FastCGIClient {
    /// What went wrong on the connection: a call and its `errno`.
    public struct Failure: Error, Equatable {
        /// The system call.
        public let call: String
        /// Its `errno`.
        public let code: CInt
    }

    /// An answer as a whole.
    public struct Answer: Equatable, Sendable {
        /// Everything that came on the output stream.
        public var output: [UInt8] = []
        /// Whether the end-of-request record came.
        public var isComplete = false

        /// The output as text.
        public var text: String { String(decoding: output, as: UTF8.self) }
    }

    private var descriptor: CInt

    /// Connects to a socket file.
    ///
    /// - Parameters:
    ///   - path: where it is.
    ///   - timeout: how many seconds any later send or receive may block.
    /// - Throws: `Failure`.
    public init(path: String, timeout: Int = 20) throws {
        descriptor = socket(AF_UNIX, CInt(SOCK_STREAM.rawValue), 0)
        guard descriptor >= 0 else { throw Failure(call: "socket", code: errno) }
        _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
        let status = withUnsafePointer(to: address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        guard status == 0 else {
            let code = errno
            Glibc.close(descriptor)
            descriptor = -1
            throw Failure(call: "connect", code: code)
        }
        var limit = timeval(tv_sec: timeout, tv_usec: 0)
        for option in [SO_RCVTIMEO, SO_SNDTIMEO] {
            setsockopt(descriptor, SOL_SOCKET, option, &limit, socklen_t(MemoryLayout<timeval>.size))
        }
    }

    deinit { close() }

    /// Closes the connection, as a web server does whose client is gone.
    public func close() {
        if descriptor >= 0 { Glibc.close(descriptor) }
        descriptor = -1
    }

    /// Sends bytes as they are.
    ///
    /// - Throws: `Failure`.
    public func send(_ bytes: [UInt8]) throws {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes {
                Glibc.send(descriptor, $0.baseAddress, $0.count, CInt(MSG_NOSIGNAL))
            }
            guard count > 0 else { throw Failure(call: "send", code: errno) }
            rest = rest.dropFirst(count)
        }
    }

    /// Sends a record.
    ///
    /// - Throws: `Failure`.
    public func send(_ kind: FastCGIRecord.Kind, _ content: [UInt8] = []) throws {
        try send(FastCGIRecord(kind, content: content).bytes)
    }

    /// Begins a request and sends its parameters to their end, the body is still to come.
    ///
    /// - Throws: `Failure`.
    public func begin(_ parameters: [(String, [UInt8])], keepingConnection: Bool = false) throws {
        try send(.beginRequest, [0, 1, keepingConnection ? 1 : 0, 0, 0, 0, 0, 0])
        var rest = FastCGIRecord.pairs(parameters)[...]
        while !rest.isEmpty {
            try send(.parameters, Array(rest.prefix(32_768)))
            rest = rest.dropFirst(32_768)
        }
        try send(.parameters)
    }

    /// Receives a record; nil at the end of the connection.
    ///
    /// - Throws: `Failure`; its code is `EAGAIN` when nothing came within the time limit.
    public func receive() throws -> FastCGIRecord? {
        guard let header = try receive(8) else { return nil }
        let length = Int(header[4]) << 8 | Int(header[5])
        guard let content = try receive(length + Int(header[6])),
            let kind = FastCGIRecord.Kind(rawValue: header[1])
        else { return nil }
        let request = UInt16(header[2]) << 8 | UInt16(header[3])
        return FastCGIRecord(kind, request: request, content: Array(content.prefix(length)))
    }

    /// Takes the bytes that have arrived already, records or not.
    public func takeArrived() -> [UInt8] {
        var taken: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while case let count = recv(descriptor, &buffer, buffer.count, CInt(MSG_DONTWAIT)), count > 0 {
            taken += buffer.prefix(count)
        }
        return taken
    }

    /// Waits for more bytes or the end of the connection.
    public func awaitMore() {
        var byte: UInt8 = 0
        _ = recv(descriptor, &byte, 1, CInt(MSG_PEEK))
    }

    /// Receives the rest of an answer.
    ///
    /// - Throws: `Failure`.
    public func answer() throws -> Answer {
        var answer = Answer()
        while !answer.isComplete, let record = try receive() {
            switch record.kind {
            case .output: answer.output += record.content
            case .endRequest: answer.isComplete = true
            default: break
            }
        }
        return answer
    }

    /// Does a whole request.
    ///
    /// - Throws: `Failure`.
    public func exchange(_ parameters: [String: String], body: [UInt8] = []) throws -> Answer {
        try begin(parameters.map { ($0.key, Array($0.value.utf8)) })
        var rest = body[...]
        while !rest.isEmpty {
            try send(.input, Array(rest.prefix(32_768)))
            rest = rest.dropFirst(32_768)
        }
        try send(.input)
        return try answer()
    }

    private func receive(_ count: Int) throws -> [UInt8]? {
        var bytes = [UInt8](repeating: 0, count: count)
        var filled = 0
        while filled < count {
            let got = bytes.withUnsafeMutableBytes {
                recv(descriptor, $0.baseAddress?.advanced(by: filled), count - filled, 0)
            }
            if got < 0 { throw Failure(call: "recv", code: errno) }
            if got == 0 { return nil }
            filled += got
        }
        return bytes
    }
}
