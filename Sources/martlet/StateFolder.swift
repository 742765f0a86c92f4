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

    /// Gives what root has made here to the folder's owner, so that the service can use it.
    ///
    /// Becoming the owner instead would not do where only root may enter a folder above. Nothing happens where root owns the
    /// folder, and for others than root.
    func giveToOwner(_ names: [String]) {
        var folder = stat()
        guard geteuid() == 0, stat(root, &folder) == 0, folder.st_uid != 0 else { return }
        for name in names {
            var facts = stat()
            guard lstat(path(name), &facts) == 0, facts.st_mode & S_IFMT == S_IFREG, facts.st_uid == 0 else {
                continue
            }
            _ = lchown(path(name), folder.st_uid, folder.st_gid)
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
