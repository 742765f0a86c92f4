import Glibc
public import MartletCore

/// Bytes of a request in a file without a name, which is gone with the last who holds it.
///
/// Written by one thread, then read from any.
public final class SpooledFile: RandomAccessBytes {
    /// `O_TMPFILE`, which Swift's Glibc module does not show: open(2).
    private static let unnamed: CInt = 0o20_200_000
    private let descriptor: CInt

    /// Makes an empty file.
    ///
    /// - Parameter folder: on which disk; it is made where only its last part is missing.
    /// - Throws: `GatewayError` of kind `unavailable` where no file can be made.
    public init(in folder: String) throws(GatewayError) {
        mkdir(folder, 0o700)
        // Not every file system has files without names.
        var opened = open(folder, Self.unnamed | O_RDWR | O_CLOEXEC, 0o600)
        if opened < 0 {
            var template = Array((folder + "/body-XXXXXX").utf8CString)
            opened = mkstemp(&template)
            if opened >= 0 {
                unlink(&template)
                _ = fcntl(opened, F_SETFD, FD_CLOEXEC)
            }
        }
        guard opened >= 0 else { throw Self.failure("cannot make a file in \(folder)") }
        descriptor = opened
    }

    deinit { close(descriptor) }

    /// Adds bytes at the end.
    ///
    /// - Throws: `GatewayError` of kind `unavailable` when the disk is full.
    func append(_ bytes: [UInt8]) throws(GatewayError) {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
            guard count > 0 else {
                if count < 0, errno == EINTR { continue }
                throw Self.failure("cannot write")
            }
            rest = rest.dropFirst(count)
        }
    }

    /// Bytes from a place on; none where they cannot be read.
    public func read(at offset: Int, count: Int) -> [UInt8] {
        [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
            filled = max(0, pread(descriptor, buffer.baseAddress, count, off_t(offset)))
        }
    }

    private static func failure(_ what: String) -> GatewayError {
        GatewayError(
            .unavailable,
            "The body cannot be taken in at the moment.",
            code: "body_not_stored",
            detail: "\(what): \(String(cString: strerror(errno)))",
            retryAfter: .seconds(5)
        )
    }
}
