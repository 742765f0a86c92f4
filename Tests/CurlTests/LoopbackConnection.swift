import Glibc

/// The server's end of one connection.
struct LoopbackConnection: Sendable {
    let descriptor: CInt
    /// Counted from 1 in the order of arrival.
    let number: Int

    /// A request as it came in.
    struct Request: Sendable {
        let head: String
        let body: [UInt8]

        /// The first line.
        var line: Substring { head.prefix { $0 != "\r\n" } }
    }

    /// Reads a request to its end; nil when the client has closed.
    func request() -> Request? {
        var bytes: [UInt8] = []
        let end = Array("\r\n\r\n".utf8)
        while bytes.suffix(4) != end[...] {
            guard let byte = read(1).first else { return nil }
            bytes.append(byte)
        }
        let head = String(decoding: bytes, as: UTF8.self)
        let length = head.split(separator: "\r\n")
            .first { $0.lowercased().hasPrefix("content-length:") }
            .flatMap { Int($0.drop { $0 != ":" }.dropFirst().drop { $0 == " " }) }
        var body: [UInt8] = []
        while body.count < length ?? 0 {
            let part = read(min(65_536, (length ?? 0) - body.count))
            guard !part.isEmpty else { return nil }
            body += part
        }
        return Request(head: head, body: body)
    }

    /// Sends text as it is.
    func send(_ text: String) {
        send(Array(text.utf8))
    }

    /// Sends bytes until all are gone or the client is.
    func send(_ bytes: [UInt8]) {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes {
                Glibc.send(descriptor, $0.baseAddress, $0.count, CInt(MSG_NOSIGNAL))
            }
            guard count > 0 else { return }
            rest = rest.dropFirst(count)
        }
    }

    /// Sends a whole answer with its length.
    func answer(_ body: String, status: String = "200 OK", fields: String = "") {
        send("HTTP/1.1 \(status)\r\n\(fields)Content-Length: \(body.utf8.count)\r\n\r\n\(body)")
    }

    /// Answers every request of the connection with the same text.
    func answerAll(_ body: String) {
        while request() != nil { answer(body) }
    }

    /// Sends one chunk of a chunked answer.
    func sendChunk(_ text: String) {
        send("\(String(text.utf8.count, radix: 16))\r\n\(text)\r\n")
    }

    /// Blocks until the client has closed the connection.
    func waitForEnd() {
        while !read(4096).isEmpty {}
    }

    private func read(_ count: Int) -> [UInt8] {
        [UInt8](unsafeUninitializedCapacity: count) { buffer, size in
            size = max(0, recv(descriptor, buffer.baseAddress, count, 0))
        }
    }
}
