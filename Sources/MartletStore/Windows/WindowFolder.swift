import Glibc
import SQL

/// The folder of the windows database, and the names in it.
///
/// `windows-<boot id>.db` is the database: it is written without waiting for the disk, so a power loss may
/// leave it torn, and the next boot takes a new name. `windows-<boot id>.live` is locked, shared, by every
/// process that uses the database; `windows.lock` by the one that keeps it in order.
struct WindowFolder: Sendable {
    /// Its path, without a slash at the end.
    let path: String

    /// Locked by the process that keeps the database in order.
    var housekeepingLockPath: String { path + "/windows.lock" }

    /// The database of a boot.
    func databasePath(boot: String) -> String { path + "/windows-\(boot).db" }

    /// Locked by every process that uses the database of a boot.
    func presencePath(boot: String) -> String { path + "/windows-\(boot).live" }

    /// Makes the folder if only its last part is missing; what is wrong with it shows when a file is opened.
    func make() {
        mkdir(path, 0o755)
    }

    /// The kernel's name for the time since the last start of the machine (random(4)).
    ///
    /// - Throws: `StoreError.unreachable` where there is no such file.
    static func bootIdentifier() throws(StoreError) -> String {
        let source = "/proc/sys/kernel/random/boot_id"
        let descriptor = open(source, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw .unreachable("\(source): \(String(cString: strerror(errno)))") }
        defer { close(descriptor) }
        var bytes = [UInt8](repeating: 0, count: 36)
        guard read(descriptor, &bytes, bytes.count) == bytes.count else {
            throw .unreachable("\(source): too short")
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// Removes the databases of other boots that no process uses.
    ///
    /// On a folder shared by several machines another boot may be alive: its processes hold their `.live`
    /// file.
    func removeStale(keeping boot: String) {
        let boots = Set(fileNames().compactMap(Self.boot(ofFileName:)))
        for stale in boots where stale != boot {
            let presence = try? FileLock(path: presencePath(boot: stale), mode: .exclusive)
            guard presence != nil else { continue }
            for suffix in ["-wal", "-shm", "-journal", ""] { unlink(databasePath(boot: stale) + suffix) }
            unlink(presencePath(boot: stale))
        }
    }

    private static func boot(ofFileName name: String) -> String? {
        guard name.hasPrefix("windows-"), let end = name.firstIndex(of: ".") else { return nil }
        let boot = name[..<end].dropFirst("windows-".count)
        guard boot.count == 36, boot.allSatisfy({ $0.isHexDigit || $0 == "-" }) else { return nil }
        return String(boot)
    }

    private func fileNames() -> [String] {
        guard let folder = opendir(path) else { return [] }
        defer { closedir(folder) }
        var names: [String] = []
        while let entry = readdir(folder) {
            let name = withUnsafeBytes(of: &entry.pointee.d_name) { Array($0.prefix { $0 != 0 }) }
            names.append(String(decoding: name, as: UTF8.self))
        }
        return names
    }
}
