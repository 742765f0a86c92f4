import Glibc
import HTTPTypes
import MartletCore
import MartletWeb

/// Writes events as faultily as it is told.
final class SimulatedStream {
    var contentType = "text/event-stream"
    var lineEnd = "\n"
    var writesSingleBytes = false
    private let writer: any ResponseWriter
    private let clientDescriptor: CInt

    init(writer: any ResponseWriter, clientDescriptor: CInt) {
        self.writer = writer
        self.clientDescriptor = clientDescriptor
    }

    func event(_ name: String?, _ json: JSON) throws {
        try data(name, String(decoding: json.serialized(), as: UTF8.self))
    }

    func data(_ name: String?, _ text: String) throws { try lines(name, [text]) }

    func lines(_ name: String?, _ lines: [String]) throws { try send(bytes(name, lines)) }

    /// An event in two writes, cut inside the first character of four bytes.
    func cutEvent(_ name: String, _ json: JSON) throws {
        let bytes = bytes(name, [String(decoding: json.serialized(), as: UTF8.self)])
        guard let start = bytes.firstIndex(where: { $0 >= 0xf0 }) else { return try send(bytes) }
        try send(Array(bytes[...(start + 1)]))
        try pause(milliseconds: 30)
        try send(Array(bytes[(start + 2)...]))
    }

    func send(_ bytes: [UInt8]) throws {
        if !writer.isCommitted {
            var head = HTTPResponse(status: .ok)
            head.headerFields[.contentType] = contentType
            head.headerFields[.cacheControl] = "no-cache"
            if let buffering = HTTPField.Name("x-accel-buffering") { head.headerFields[buffering] = "no" }
            try writer.begin(head)
        }
        guard writesSingleBytes else {
            try writer.write(bytes)
            return try writer.flush()
        }
        for byte in bytes {
            try writer.write([byte])
            try writer.flush()
        }
    }

    /// Waits, and notices meanwhile when the relay hangs up.
    func pause(milliseconds: CInt) throws {
        guard clientDescriptor >= 0 else {
            usleep(UInt32(milliseconds) * 1_000)
            return
        }
        var watched = pollfd(fd: clientDescriptor, events: Int16(POLLIN), revents: 0)
        if poll(&watched, 1, milliseconds) > 0 { throw ClientGone() }
    }

    private func bytes(_ name: String?, _ lines: [String]) -> [UInt8] {
        let head = name.map { "event: \($0)\(lineEnd)" } ?? ""
        let data = lines.map { "data: \($0)\(lineEnd)" }.joined()
        return Array((head + data + lineEnd).utf8)
    }
}
