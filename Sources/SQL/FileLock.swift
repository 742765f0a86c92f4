import Glibc

/// A lock between processes on a file that exists for nothing else.
///
/// It is held as long as the value lives; the kernel frees it at any death (flock(2)). Do not lock a database
/// file: on network file systems this lock and SQLite's own are the same.
///
/// Safe from any thread.
public final class FileLock: Sendable {
    /// Who may hold the lock at the same time.
    public enum Mode: Sendable {
        /// Nobody else.
        case exclusive
        /// Any number of sharers.
        case shared
    }

    private let descriptor: CInt

    /// Takes the lock if it is free, without waiting; nil when another holds it.
    ///
    /// - Throws: `SQLError.cannotOpen` when the file cannot be opened or made.
    public init?(path: String, mode: Mode) throws(SQLError) {
        let descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else {
            throw .cannotOpen(SQLFault(code: errno, message: "\(path): \(String(cString: strerror(errno)))"))
        }
        guard flock(descriptor, (mode == .exclusive ? LOCK_EX : LOCK_SH) | LOCK_NB) == 0 else {
            close(descriptor)
            return nil
        }
        self.descriptor = descriptor
    }

    deinit {
        close(descriptor)
    }
}
