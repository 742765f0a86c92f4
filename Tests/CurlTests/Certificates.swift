import Glibc

/// A private authority with a server's and a client's certificate, made by `openssl` in a new folder.
struct Certificates {
    let folder: String

    var authority: String { "\(folder)/authority.pem" }

    init() throws {
        var template = Array("/tmp/martlet-tls-XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else { throw SystemFailure(code: errno) }
        folder = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
        try make("authority", extensions: ["basicConstraints=critical,CA:TRUE"])
        try make("server", issuer: "authority", extensions: ["subjectAltName=IP:127.0.0.1"])
        try make("client", issuer: "authority", extensions: ["subjectAltName=DNS:client"])
        try make("stranger", extensions: ["subjectAltName=IP:127.0.0.1"])
    }

    func certificate(_ name: String) -> String { "\(folder)/\(name).pem" }

    func key(_ name: String) -> String { "\(folder)/\(name).key" }

    func remove() {
        for name in ["authority", "server", "client", "stranger"] {
            unlink(certificate(name))
            unlink(key(name))
        }
        rmdir(folder)
    }

    private func make(_ name: String, issuer: String? = nil, extensions: [String]) throws {
        var arguments = [
            "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days",
            "2",
            "-subj", "/CN=\(name)", "-keyout", key(name), "-out", certificate(name),
        ]
        if let issuer { arguments += ["-CA", certificate(issuer), "-CAkey", key(issuer)] }
        for text in extensions { arguments += ["-addext", text] }
        let status = try OpenSSL(arguments).wait()
        guard status == 0 else { throw SystemFailure(code: status) }
    }
}

/// A running `openssl` command.
final class OpenSSL {
    private let process: pid_t
    private let output: CInt

    init(_ arguments: [String]) throws {
        var ends: [CInt] = [-1, -1]
        guard pipe(&ends) == 0 else { throw SystemFailure(code: errno) }
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        posix_spawn_file_actions_adddup2(&actions, ends[1], 1)
        posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
        posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", O_WRONLY, 0)
        // A child that holds other tests' sockets would keep them open; closing what is not open does no
        // harm.
        for descriptor in CInt(3)..<512 { posix_spawn_file_actions_addclose(&actions, descriptor) }
        var words = (["openssl"] + arguments).map { strdup($0) } + [nil]
        defer { for word in words { free(word) } }
        var process = pid_t()
        let status = posix_spawnp(&process, "openssl", &actions, nil, &words, environ)
        posix_spawn_file_actions_destroy(&actions)
        close(ends[1])
        guard status == 0 else { throw SystemFailure(code: status) }
        (self.process, output) = (process, ends[0])
    }

    /// Starts a server that answers with a page about the connection.
    ///
    /// - Returns: the server, and its URL with a numeric host.
    static func server(_ arguments: [String]) throws -> (server: OpenSSL, port: String) {
        let server = try OpenSSL(["s_server", "-accept", "127.0.0.1:0", "-www"] + arguments)
        // "ACCEPT 127.0.0.1:40123" is printed when it listens.
        while let line = server.line() {
            if line.hasPrefix("ACCEPT "), let port = line.split(separator: ":").last {
                return (server, String(port))
            }
        }
        server.stop()
        throw SystemFailure(code: -1)
    }

    /// Waits for its end and returns its exit status.
    func wait() -> CInt {
        var status: CInt = 0
        waitpid(process, &status, 0)
        close(output)
        return status
    }

    func stop() {
        // Threads of the test runner block the other signals, and the child inherits that.
        kill(process, SIGKILL)
        _ = wait()
    }

    private func line() -> String? {
        var bytes: [UInt8] = []
        var byte: UInt8 = 0
        while read(output, &byte, 1) == 1 {
            if byte == UInt8(ascii: "\n") { return String(decoding: bytes, as: UTF8.self) }
            bytes.append(byte)
        }
        return nil
    }
}
