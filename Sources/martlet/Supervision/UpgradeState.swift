import FastCGI
import Glibc

/// What a supervisor leaves to the next version of itself, which runs in the same process.
///
/// It travels in one environment variable as numbers: `socket,reading,writing,worker,worker…`.
struct UpgradeState: Equatable {
    private static let variable = "MARTLET_UPGRADE"

    /// The listening socket.
    var socket: CInt
    /// The ends of the pipe by which workers notice that their supervisor is gone.
    var lifeline: (reading: CInt, writing: CInt)
    /// The workers of the version before, children of this process.
    var workers: [pid_t]

    static func == (one: UpgradeState, other: UpgradeState) -> Bool { one.text == other.text }

    /// What the version before left; nil at an ordinary start.
    ///
    /// Takes the variable out of the environment: call it once, before threads start.
    static func taken() -> UpgradeState? {
        guard let value = getenv(variable) else { return nil }
        let numbers = String(cString: value).split(separator: ",").compactMap { CInt($0) }
        unsetenv(variable)
        guard numbers.count >= 3, ListeningSocket.isListening(numbers[0]) else { return nil }
        let state = UpgradeState(
            socket: numbers[0],
            lifeline: (reading: numbers[1], writing: numbers[2]),
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
        ([socket, lifeline.reading, lifeline.writing] + workers).map { String($0) }.joined(separator: ",")
    }

    private func setInheritance(_ inherited: Bool) {
        for descriptor in [socket, lifeline.reading, lifeline.writing] {
            _ = fcntl(descriptor, F_SETFD, inherited ? 0 : FD_CLOEXEC)
        }
    }
}
