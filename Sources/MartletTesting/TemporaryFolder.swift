import Glibc

/// A folder of its own for one test, removed with everything in it when the test lets go of it.
public final class TemporaryFolder: Sendable {
    /// Its path, without a slash at the end.
    public let path: String

    /// Makes the folder.
    public init() {
        var template = Array("/tmp/martlet-test-XXXXXX".utf8CString)
        guard let made = mkdtemp(&template) else { preconditionFailure("no temporary folder: \(errno)") }
        path = String(cString: made)
    }

    /// The names of the files in it.
    public var fileNames: Set<String> { Set(Self.names(in: path)) }

    /// Writes a file.
    public func write(_ text: String, to name: String) {
        let descriptor = open(path + "/" + name, O_WRONLY | O_CREAT | O_TRUNC, 0o644)
        let bytes = Array(text.utf8)
        _ = Glibc.write(descriptor, bytes, bytes.count)
        close(descriptor)
    }

    /// Removes everything in it.
    public func empty() {
        for name in fileNames { Self.remove(path + "/" + name) }
    }

    /// The same, and waits until a database that is in use looks at its file again.
    public func emptyUnderDatabases() {
        empty()
        usleep(50_000)
    }

    private static func names(in path: String) -> [String] {
        var found = glob_t()
        defer { globfree(&found) }
        glob(path + "/*", 0, nil, &found)
        return (0..<Int(found.gl_pathc)).compactMap { index in
            found.gl_pathv[index].map { String(String(cString: $0).dropFirst(path.count + 1)) }
        }
    }

    private static func remove(_ path: String) {
        guard unlink(path) != 0 else { return }
        for name in names(in: path) { remove(path + "/" + name) }
        rmdir(path)
    }

    deinit {
        Self.remove(path)
    }
}
