import Glibc

/// The folder that holds databases, sockets and logs.
///
/// Relative paths in the settings begin there.
struct StateFolder: Sendable {
    let root: String

    /// Takes a folder, which is made when it is missing, with `run` inside.
    ///
    /// - Throws: `StateFolderError` in words.
    init(_ path: String) throws(StateFolderError) {
        root = path.hasPrefix("/") ? path : Self.workingFolder + "/" + path
        for folder in [root, root + "/run"] {
            guard mkdir(folder, 0o750) == 0 || errno == EEXIST else {
                throw StateFolderError(path: folder, code: errno)
            }
        }
        // By the rights that the process has, not by those of the account that started it.
        guard faccessat(AT_FDCWD, root, W_OK | X_OK, AT_EACCESS) == 0 else {
            throw StateFolderError(path: root, code: errno)
        }
    }

    /// A path of the settings as an absolute one.
    func path(_ text: String) -> String {
        text.hasPrefix("/") ? text : root + "/" + text
    }

    private static var workingFolder: String {
        guard let text = getcwd(nil, 0) else { return "." }
        defer { free(text) }
        return String(cString: text)
    }
}

/// Why the state folder cannot be used.
struct StateFolderError: Error, CustomStringConvertible {
    let path: String
    let code: CInt

    var description: String { "cannot use the state folder \(path): \(String(cString: strerror(code)))" }
}
