import Glibc

/// How a supervisor works.
struct SupervisorSettings: Sendable {
    /// How many worker processes there are.
    var workers = 2
    /// How long a worker may take to end its running requests before it is killed.
    var drain = Duration.seconds(600)
    /// The worker's command line, without the program.
    var workerArguments = ["worker"]
    /// Arguments with which a new version of the program is asked, before an upgrade, whether it would work.
    ///
    /// Exit status 0 within 30 s says yes. Empty: it is not asked.
    var checkArguments: [String] = []
    /// The program that an upgrade starts.
    var program = Self.ownProgram()

    /// This program by the path it was called by, so that a link that points to a new version is followed.
    private static func ownProgram() -> String {
        if let called = CommandLine.arguments.first, called.contains("/") { return called }
        var buffer = [CChar](repeating: 0, count: Int(PATH_MAX) + 1)
        guard readlink("/proc/self/exe", &buffer, buffer.count - 1) > 0 else { return "/proc/self/exe" }
        return String(decoding: buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}
