import FastCGI
import Glibc

/// Starts programs as children of this process, with `posix_spawn`.
///
/// Never `fork`: what runs between it and `execve` in a Swift program is not safe.
enum ChildProcess {
    /// What is this process's own business, and no child's.
    private static let ownVariables: Set = ["NOTIFY_SOCKET", "LISTEN_PID", "LISTEN_FDS", "LISTEN_FDNAMES"]

    /// Starts a program with every signal unblocked and at its default.
    ///
    /// - Parameters:
    ///   - program: the path of the executable file.
    ///   - arguments: the command line with the program's name in front.
    ///   - variables: added to this process's environment.
    ///   - descriptors: what the child gets, as pairs of ours and its; applied in order.
    /// - Returns: the process id, or the `errno`.
    static func start(
        _ program: String,
        arguments: [String],
        variables: [String: String] = [:],
        descriptors: [(ours: CInt, its: CInt)] = []
    ) -> Result<pid_t, SpawnError> {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        for (ours, its) in descriptors { posix_spawn_file_actions_adddup2(&actions, ours, its) }

        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        var blocked = sigset_t()
        var everything = sigset_t()
        sigemptyset(&blocked)
        // A reload that comes before the child waits for signals must wait for it, not end it.
        sigaddset(&blocked, SIGHUP)
        sigfillset(&everything)
        posix_spawnattr_setsigmask(&attributes, &blocked)
        posix_spawnattr_setsigdefault(&attributes, &everything)
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF))

        var child = pid_t()
        let code = withPointers(to: arguments.map { Array($0.utf8) }) { arguments in
            withPointers(to: environment(adding: variables)) { environment in
                posix_spawn(&child, program, &actions, &attributes, arguments, environment)
            }
        }
        return code == 0 ? .success(child) : .failure(SpawnError(code: code))
    }

    private static func environment(adding variables: [String: String]) -> [[UInt8]] {
        let inherited = ExchangeParameters.ofProcess()
            .filter { !ownVariables.contains($0.name) && variables[$0.name] == nil }
            .map { Array($0.name.utf8) + [UInt8(ascii: "=")] + $0.value }
        return inherited + variables.map { Array("\($0.key)=\($0.value)".utf8) }
    }

    private static func withPointers(
        to texts: [[UInt8]],
        _ body: ([UnsafeMutablePointer<CChar>?]) -> CInt
    ) -> CInt {
        let pointers = texts.map { text in
            (text + [0]).withUnsafeBytes { bytes in
                bytes.baseAddress.flatMap { strdup($0.assumingMemoryBound(to: CChar.self)) }
            }
        }
        defer { pointers.forEach { free($0) } }
        return body(pointers + [nil])
    }
}

/// Why a program did not start: an `errno` value of `posix_spawn`.
struct SpawnError: Error, Equatable {
    /// The `errno` value.
    let code: CInt
}
