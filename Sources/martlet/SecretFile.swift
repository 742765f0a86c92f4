import Glibc
import MartletCore

/// A secret in a file of the state folder that only the service's own account can read; made when it is first needed.
struct SecretFile: Sendable {
    private static let length = 64
    let path: String

    /// The secret; nil where there is none.
    ///
    /// - Throws: `StateFolderError` where the file cannot be read.
    func read() throws(StateFolderError) -> Secret? {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else {
            if errno == ENOENT { return nil }
            throw StateFolderError(path: path, code: errno)
        }
        defer { close(descriptor) }
        var bytes = [UInt8](repeating: 0, count: 4_096)
        let count = Glibc.read(descriptor, &bytes, bytes.count)
        guard count >= 0 else { throw StateFolderError(path: path, code: errno) }
        let text = String(decoding: bytes[..<count].prefix { $0 > 0x20 }, as: UTF8.self)
        return text.isEmpty ? nil : Secret(text)
    }

    /// The secret, which is made where there is none; of several processes one makes it.
    ///
    /// - Returns: the secret, and whether this call has made it.
    /// - Throws: `StateFolderError` where the file cannot be written or read.
    func readOrMake() throws(StateFolderError) -> (secret: Secret, isNew: Bool) {
        if let known = try read() { return (known, false) }
        let made = Secret(RandomText.alphanumeric(Self.length))
        let draft = "\(path).\(getpid()).\(RandomText.alphanumeric(8))"
        let descriptor = open(draft, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw StateFolderError(path: path, code: errno) }
        defer { unlink(draft) }
        let bytes = Array((made.revealed + "\n").utf8)
        let isWritten = write(descriptor, bytes, bytes.count) == bytes.count && fsync(descriptor) == 0
        let code = errno
        close(descriptor)
        guard isWritten else { throw StateFolderError(path: path, code: code) }
        // A link appears as a whole or not at all, and never in the place of another.
        if link(draft, path) == 0 { return (made, true) }
        guard errno == EEXIST, let other = try read() else { throw StateFolderError(path: path, code: errno) }
        return (other, false)
    }

    /// Removes the file; nothing where there is none.
    func remove() { unlink(path) }
}
