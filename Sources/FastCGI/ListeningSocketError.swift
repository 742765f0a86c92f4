import Glibc

/// Why a socket could not be opened for listening, in words for whoever configured it.
public enum ListeningSocketError: Error, Equatable, CustomStringConvertible {
    /// The address is neither `unix:path` nor `tcp:host:port`.
    case malformed(address: String)
    /// The path does not fit into a socket address.
    case pathTooLong(path: String, limit: Int)
    /// The folder of the socket does not exist.
    case folderMissing(path: String)
    /// The folder of the socket, or the port, is not ours to use.
    case notPermitted(address: String)
    /// Something that is not a socket has this path.
    case notASocket(path: String)
    /// Another process listens there.
    case inUse(address: String)
    /// The host has no address here.
    case unknownHost(host: String)
    /// There is no such group.
    case unknownGroup(name: String)
    /// This user may not give the socket to the group.
    case groupNotPermitted(name: String)
    /// Anything else: the `errno` of a call.
    case system(call: String, code: CInt)

    /// One sentence that names what to change.
    public var description: String {
        switch self {
        case .malformed(let address):
            "“\(address)” is not an address: write “unix:path” or “tcp:host:port”"
        case .pathTooLong(let path, let limit):
            "the socket path “\(path)” has \(path.utf8.count) bytes, the system allows \(limit)"
        case .folderMissing(let path): "the folder of the socket “\(path)” does not exist"
        case .notPermitted(let address): "this user may not listen on “\(address)”"
        case .notASocket(let path): "“\(path)” exists and is not a socket"
        case .inUse(let address): "another process listens on “\(address)”"
        case .unknownHost(let host): "the host “\(host)” has no address here"
        case .unknownGroup(let name): "there is no group “\(name)”"
        case .groupNotPermitted(let name): "this user may not give the socket to the group “\(name)”"
        case .system(let call, let code): "\(call) failed: \(String(cString: strerror(code)))"
        }
    }
}
