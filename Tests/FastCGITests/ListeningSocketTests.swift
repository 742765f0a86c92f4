import FastCGI
import Glibc
import MartletTesting
import Testing

@Suite struct `A listening socket` {
    @Test func `is opened with the permissions asked for`() throws {
        let socket = try TestSocket()
        var status = stat()
        #expect(stat(socket.path, &status) == 0)
        #expect(status.st_mode & 0o777 == 0o660)
        #expect(ListeningSocket.isListening(socket.socket.descriptor))
        #expect(fcntl(socket.socket.descriptor, F_GETFD) & FD_CLOEXEC != 0)
    }

    @Test func `replaces one that nobody listens on`() throws {
        let socket = try TestSocket()
        let path = socket.folder + "/other"
        defer { unlink(path) }
        close(try ListeningSocket.bind("unix:\(path)").descriptor)
        let again = try ListeningSocket.bind("unix:\(path)")
        _ = try FastCGIClient(path: path)
        close(again.descriptor)
    }

    @Test func `leaves one alone that somebody listens on`() throws {
        let socket = try TestSocket(backlog: 0)
        // Also when the backlog is full.
        for _ in 0..<3 {
            #expect(throws: ListeningSocketError.inUse(address: "unix:\(socket.path)")) {
                try ListeningSocket.bind("unix:\(socket.path)")
            }
        }
        #expect(access(socket.path, F_OK) == 0)
    }

    @Test func `leaves a file alone that is no socket`() throws {
        let socket = try TestSocket()
        let path = socket.folder + "/file"
        close(open(path, O_CREAT | O_WRONLY, 0o600))
        defer { unlink(path) }
        #expect(throws: ListeningSocketError.notASocket(path: path)) {
            try ListeningSocket.bind("unix:\(path)")
        }
    }

    @Test func `says what is wrong with its path`() throws {
        let socket = try TestSocket()
        let long = socket.folder + "/" + String(repeating: "x", count: 100)
        #expect(throws: ListeningSocketError.pathTooLong(path: long, limit: 107)) {
            try ListeningSocket.bind("unix:\(long)")
        }
        let missing = socket.folder + "/missing/s"
        #expect(throws: ListeningSocketError.folderMissing(path: missing)) {
            try ListeningSocket.bind("unix:\(missing)")
        }
        let forbidden = "/proc/s"
        #expect(throws: ListeningSocketError.self) { try ListeningSocket.bind("unix:\(forbidden)") }
    }

    @Test func `says what is wrong with its group, and leaves nothing behind`() throws {
        let socket = try TestSocket()
        let path = socket.folder + "/grouped"
        #expect(throws: ListeningSocketError.unknownGroup(name: "no-such-group")) {
            try ListeningSocket.bind("unix:\(path)", group: "no-such-group")
        }
        #expect(access(path, F_OK) != 0)
        let opened = try ListeningSocket.bind("unix:\(path)", group: String(getgid()))
        close(opened.descriptor)
        unlink(path)
    }

    @Test(arguments: [
        "", "unix:", "tcp:", "tcp:9000", "tcp::9000", "tcp:localhost:", "tcp:localhost:70000", "/x",
    ])
    func `refuses an address that is none`(address: String) {
        #expect(throws: ListeningSocketError.malformed(address: address)) {
            try ListeningSocket.bind(address)
        }
    }

    @Test func `may be TCP, and refuses a port that is taken`() throws {
        let first = try ListeningSocket.bind("tcp:127.0.0.1:0")
        defer { close(first.descriptor) }
        var address = sockaddr_in()
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        _ = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                getsockname(first.descriptor, $0, &size)
            }
        }
        let taken = "tcp:127.0.0.1:\(UInt16(bigEndian: address.sin_port))"
        #expect(throws: ListeningSocketError.inUse(address: taken)) { try ListeningSocket.bind(taken) }
    }

    @Test(arguments: [
        ListeningSocketError.malformed(address: "x"), .inUse(address: "tcp:localhost:1"),
        .pathTooLong(path: "x", limit: 107), .system(call: "listen", code: 1),
    ])
    func `has its errors in words`(error: ListeningSocketError) {
        #expect(error.description.contains(" "))
    }
}

@Suite struct `The descriptor limit` {
    @Test func `is raised to what is wanted or reported as it is`() {
        let before = DescriptorLimit.raise(to: 0)
        #expect(before > 0)
        #expect(DescriptorLimit.raise(to: before) == before)
        #expect(DescriptorLimit.need(threads: 512) == 4096)
    }
}
