import Glibc
import Threading

/// A worker's end of what ties it to its supervisor: two pipes, inherited as descriptors.
///
/// One is never written to: its end of file means that the supervisor is gone, however it went. Into the
/// other the worker writes one byte when it accepts connections.
struct WorkerLink: Sendable {
    /// The variable that tells a worker of its link.
    static let variable = "MARTLET_WORKER_LINK"
    /// Where a worker finds the pipe to watch.
    static let watchDescriptor: CInt = 3
    /// Where a worker finds the pipe to write its byte to.
    static let readyDescriptor: CInt = 4

    /// The link of this process; nil for a worker that no supervisor of ours started.
    ///
    /// Takes the variable out of the environment: call it once, before threads start.
    static func inherited() -> WorkerLink? {
        guard getenv(variable) != nil else { return nil }
        unsetenv(variable)
        for descriptor in [watchDescriptor, readyDescriptor] {
            guard fcntl(descriptor, F_SETFD, FD_CLOEXEC) == 0 else { return nil }
        }
        return WorkerLink()
    }

    /// Tells the supervisor that this worker accepts connections; call it once.
    func announceReady() {
        var byte: UInt8 = 1
        _ = write(Self.readyDescriptor, &byte, 1)
        close(Self.readyDescriptor)
    }

    /// Calls `onLoss` once, on a thread of its own, when the supervisor is gone.
    ///
    /// - Throws: `ThreadError` when the system has no thread to give.
    func watch(onLoss: @escaping @Sendable () -> Void) throws(ThreadError) {
        _ = try WorkerThread(name: "supervisor", stackSize: 64 * 1024, isDetached: true) {
            var byte: UInt8 = 0
            while read(Self.watchDescriptor, &byte, 1) < 0, errno == EINTR {}
            onLoss()
        }
    }
}
