import Glibc

/// Which file a path leads to at the moment.
struct FileIdentity: Equatable {
    private let device: UInt
    private let inode: UInt

    /// Looks at the file; nil when there is none.
    init?(path: String) {
        var found = stat()
        guard stat(path, &found) == 0 else { return nil }
        device = UInt(found.st_dev)
        inode = UInt(found.st_ino)
    }
}
