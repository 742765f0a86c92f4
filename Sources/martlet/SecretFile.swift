import Glibc
import MartletCore

/// A secret in a file of the state folder that only the service's own account can read; made when it is first needed.
struct SecretFile: Sendable {
    private static let length = 64
    let path: String

    /// The secret; nil where there is none.
    ///
    /// - Throws: `StateFolderError` where the file cannot be read.
    func read() throws(StateFolderError) -> Secret? { try readAll().first }

    /// All secrets, one on each line; none where there is no file.
    ///
    /// - Throws: `StateFolderError` where the file cannot be read.
    func readAll() throws(StateFolderError) -> [Secret] {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else {
            if errno == ENOENT { return [] }
            throw StateFolderError(path: path, code: errno)
        }
        defer { close(descriptor) }
        var bytes = [UInt8](repeating: 0, count: 16_384)
        let count = Glibc.read(descriptor, &bytes, bytes.count)
        guard count >= 0 else { throw StateFolderError(path: path, code: errno) }
        return String(decoding: bytes[..<count], as: UTF8.self).split { $0.isWhitespace }.map {
            Secret(String($0))
        }
    }

    /// The secret, which is made where there is none; of several processes one makes it.
    ///
    /// - Returns: the secret, and whether this call has made it.
    /// - Throws: `StateFolderError` where the file cannot be written or read.
    func readOrMake() throws(StateFolderError) -> (secret: Secret, isNew: Bool) {
        if let known = try read() { return (known, false) }
        let made = Secret(RandomText.alphanumeric(Self.length))
        let draft = try write([made])
        defer { unlink(draft) }
        // A link appears as a whole or not at all, and never in the place of another.
        if link(draft, path) == 0 { return (made, true) }
        guard errno == EEXIST, let other = try read() else { throw StateFolderError(path: path, code: errno) }
        return (other, false)
    }

    /// Puts other secrets in the place of those that are there.
    ///
    /// - Throws: `StateFolderError` where the file cannot be written.
    func replace(with secrets: [Secret]) throws(StateFolderError) {
        let draft = try write(secrets)
        guard rename(draft, path) == 0 else {
            let code = errno
            unlink(draft)
            throw StateFolderError(path: path, code: code)
        }
    }

    /// Writes secrets to a file beside, whole and on the disk.
    private func write(_ secrets: [Secret]) throws(StateFolderError) -> String {
        let draft = "\(path).\(getpid()).\(RandomText.alphanumeric(8))"
        let descriptor = open(draft, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw StateFolderError(path: path, code: errno) }
        let bytes = Array(secrets.map { $0.revealed + "\n" }.joined().utf8)
        let isWritten = Glibc.write(descriptor, bytes, bytes.count) == bytes.count && fsync(descriptor) == 0
        let code = errno
        close(descriptor)
        guard isWritten else {
            unlink(draft)
            throw StateFolderError(path: path, code: code)
        }
        return draft
    }

    /// Removes the file; nothing where there is none.
    func remove() { unlink(path) }
}
