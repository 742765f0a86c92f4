import Glibc

/// A `WindowProbe` started by a test, and its standard output.
final class ProbeProcess {
    /// Why the probe could not be started: an `errno` value.
    struct Failure: Error {
        let code: CInt
    }

    private let identifier: pid_t
    private let output: CInt

    /// Starts the probe that was built beside this test.
    init(_ arguments: [String]) throws {
        var ends: [CInt] = [-1, -1]
        guard pipe(&ends) == 0 else { throw Failure(code: errno) }
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        defer { close(ends[1]) }
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_adddup2(&actions, ends[1], STDOUT_FILENO)
        var words: [UnsafeMutablePointer<CChar>?] = (["WindowProbe"] + arguments).map { strdup($0) } + [nil]
        defer { for word in words { free(word) } }
        var identifier: pid_t = 0
        let status = posix_spawn(&identifier, Self.path, &actions, nil, &words, environ)
        guard status == 0 else {
            close(ends[0])
            throw Failure(code: status)
        }
        self.identifier = identifier
        output = ends[0]
    }

    /// Reads up to `count` bytes of its output; fewer only at the end.
    func read(atMost count: Int) -> [UInt8] {
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 4_096)
        while bytes.count < count {
            let got = Glibc.read(output, &buffer, min(buffer.count, count - bytes.count))
            guard got > 0 else { break }
            bytes += buffer.prefix(got)
        }
        return bytes
    }

    /// Ends it, wherever it is.
    func kill() {
        Glibc.kill(identifier, SIGKILL)
    }

    /// Waits for its end and returns the rest of its output.
    func finish() -> [UInt8] {
        let rest = read(atMost: .max)
        var status: CInt = 0
        waitpid(identifier, &status, 0)
        close(output)
        return rest
    }

    private static var path: String {
        var name = [CChar](repeating: 0, count: 4_096)
        let length = max(0, readlink("/proc/self/exe", &name, name.count))
        let own = String(decoding: name.prefix(length).map { UInt8(bitPattern: $0) }, as: UTF8.self)
        return own.prefix(through: own.lastIndex(of: "/") ?? own.startIndex) + "WindowProbe"
    }
}
