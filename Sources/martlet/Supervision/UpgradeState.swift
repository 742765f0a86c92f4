import FastCGI
import Glibc

/// What a supervisor leaves to the next version of itself, which runs in the same process.
///
/// It travels in one environment variable as numbers: `socket,reading,writing,worker,worker…`.
struct UpgradeState {
    static let variable = "MARTLET_UPGRADE"

    /// The listening socket.
    let socket: ListeningSocket
    /// The ends of the pipe by which workers notice that their supervisor is gone.
    let lifeline: Pipe
    /// The workers of the version before, children of this process.
    let workers: [pid_t]

    /// What the version before left; nil at an ordinary start.
    ///
    /// Takes the variable out of the environment: call it once, before threads start.
    static func taken() -> UpgradeState? {
        guard let value = getenv(variable) else { return nil }
        let numbers = String(cString: value).split(separator: ",").compactMap { CInt($0) }
        unsetenv(variable)
        guard numbers.count >= 3, ListeningSocket.isListening(numbers[0]) else { return nil }
        let state = UpgradeState(
            socket: ListeningSocket(descriptor: numbers[0]),
            lifeline: Pipe(reading: numbers[1], writing: numbers[2]),
            workers: Array(numbers[3...])
        )
        state.setInheritance(false)
        return state
    }

    /// Replaces this program by another; returns only when that failed.
    ///
    /// - Returns: the `errno`.
    func replaceProcess(by program: String) -> CInt {
        setenv(Self.variable, text, 1)
        setInheritance(true)
        var arguments = CommandLine.arguments.map { strdup($0) }
        arguments.append(nil)
        defer { arguments.forEach { free($0) } }
        execv(program, arguments)
        let code = errno
        setInheritance(false)
        unsetenv(Self.variable)
        return code
    }

    private var text: String {
        (descriptors + workers).map { String($0) }.joined(separator: ",")
    }

    private var descriptors: [CInt] { [socket.descriptor, lifeline.reading, lifeline.writing] }

    private func setInheritance(_ inherited: Bool) {
        for descriptor in descriptors {
            _ = fcntl(descriptor, F_SETFD, inherited ? 0 : FD_CLOEXEC)
        }
    }
}
