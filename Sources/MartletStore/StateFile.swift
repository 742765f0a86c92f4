import Glibc

/// A small file that several processes read and one at a time replaces.
///
/// A replacement is seen whole or not at all. Safe from any thread.
public struct StateFile: Sendable {
    private let path: String

    /// - Parameter path: where the file is; its folder must exist.
    public init(path: String) {
        self.path = path
    }

    /// What tells one version of the file from another; nil when there is none.
    public func stamp() -> FileStamp? {
        var status = stat()
        guard stat(path, &status) == 0 else { return nil }
        return FileStamp(
            inode: UInt64(status.st_ino),
            seconds: Int(status.st_mtim.tv_sec),
            nanoseconds: Int(status.st_mtim.tv_nsec)
        )
    }

    /// The whole file; nil when it cannot be read.
    public func read() -> [UInt8]? {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        var bytes: [UInt8] = []
        var piece = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = Glibc.read(descriptor, &piece, piece.count)
            if count < 0 { return nil }
            if count == 0 { return bytes }
            bytes += piece[..<count]
        }
    }

    /// Puts a new version in the file's place.
    ///
    /// - Throws: `StateFileError` with the reason; the old version stays.
    public func replace(with bytes: [UInt8]) throws(StateFileError) {
        let temporary = "\(path).\(getpid()).new"
        let descriptor = open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw StateFileError(path: path, code: errno) }
        let written = Self.writeAll(bytes, to: descriptor)
        close(descriptor)
        guard written, rename(temporary, path) == 0 else {
            let code = errno
            unlink(temporary)
            throw StateFileError(path: path, code: code)
        }
    }

    /// Runs `body` unless another process is running its own; the kernel frees the lock at any death.
    public func withLock(_ body: () -> Void) {
        let descriptor = open(path + ".lock", O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { return }
        defer { close(descriptor) }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else { return }
        body()
    }

    private static func writeAll(_ bytes: [UInt8], to descriptor: CInt) -> Bool {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
            guard count > 0 else { return false }
            rest = rest.dropFirst(count)
        }
        return true
    }
}

/// Tells one version of a file from another.
public struct FileStamp: Sendable, Equatable {
    let inode: UInt64
    let seconds: Int
    let nanoseconds: Int
}

/// Why a file could not be replaced.
public struct StateFileError: Error, Equatable, CustomStringConvertible {
    /// Which file.
    public let path: String
    /// The `errno` value.
    public let code: CInt

    /// The reason in words.
    public var description: String { "cannot write \(path): \(String(cString: strerror(code)))" }
}
