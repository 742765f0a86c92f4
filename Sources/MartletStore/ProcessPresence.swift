import Glibc
import MartletCore
import SQL

/// Names a process in tables, and tells which of those names belong to processes that are no more.
///
/// Each process holds a lock on a file of its name, which the kernel frees at any death. Safe from any thread.
public final class ProcessPresence: Sendable {
    /// The name of this process.
    public let name: String
    private let folder: String
    private let lock: FileLock?

    /// Takes a name that nobody has.
    ///
    /// - Parameter folder: where the locked files are; on this machine, and the same for all processes.
    public init(folder: String) {
        self.folder = folder
        name = RandomText.alphanumeric(16)
        mkdir(folder, 0o755)
        // Without a file others take this process for a dead one, and charge what it has reserved: nothing is lost.
        lock = try? FileLock(path: Self.path(of: name, in: folder), mode: .exclusive)
    }

    deinit { if lock != nil { unlink(Self.path(of: name, in: folder)) } }

    /// Whether the process of a name still works.
    public func isAlive(_ process: String) -> Bool {
        if process == name { return true }
        let path = Self.path(of: process, in: folder)
        // Opening would make it; and access(2) would ask for another user where the program was started by root.
        guard FileIdentity(path: path) != nil else { return false }
        do {
            guard try FileLock(path: path, mode: .exclusive) == nil else {
                unlink(path)
                return false
            }
            return true
        } catch {
            // Who cannot look says nothing bad of others.
            return true
        }
    }

    private static func path(of name: String, in folder: String) -> String {
        "\(folder)/process-\(name).live"
    }
}
