import CCurl
import Glibc

/// Who decides whether a connection to an address may be opened.
///
/// Belongs to one session.
final class AddressGate {
    private let permits: ([UInt8]) -> Bool
    private(set) var hasRefused = false

    init(_ permits: @escaping ([UInt8]) -> Bool) {
        self.permits = permits
    }

    /// A socket for the address, or `CURL_SOCKET_BAD`.
    func open(_ address: curl_sockaddr, at socketAddress: UnsafePointer<sockaddr>) -> curl_socket_t {
        guard let bytes = Self.bytes(of: socketAddress), permits(bytes) else {
            hasRefused = true
            return -1
        }
        let type = address.socktype | CInt(SOCK_CLOEXEC.rawValue)
        return socket(address.family, type, address.`protocol`)
    }

    /// The 4 or 16 bytes; nil for another family, which no name of a host leads to.
    private static func bytes(of address: UnsafePointer<sockaddr>) -> [UInt8]? {
        switch CInt(address.pointee.sa_family) {
        case AF_INET:
            address.withMemoryRebound(to: sockaddr_in.self, capacity: 1) {
                withUnsafeBytes(of: $0.pointee.sin_addr) { Array($0) }
            }
        case AF_INET6:
            address.withMemoryRebound(to: sockaddr_in6.self, capacity: 1) {
                withUnsafeBytes(of: $0.pointee.sin6_addr) { Array($0) }
            }
        default: nil
        }
    }
}

extension EasyHandle {
    /// Asks before each connection: what a name leads to is known only then, and may change between two questions.
    ///
    /// Source: CURLOPT_OPENSOCKETFUNCTION(3).
    func setGate(_ permits: @escaping ([UInt8]) -> Bool) throws(TransferError) {
        let gate = AddressGate(permits)
        self.gate = gate
        // Not retained: the handle keeps it until `reset`.
        try set(CURLOPT_OPENSOCKETDATA, pointingTo: Unmanaged.passUnretained(gate).toOpaque())
        try check(ccurl_set_open_socket(pointer, CURLOPT_OPENSOCKETFUNCTION, openSocket))
    }
}

private let openSocket: ccurl_open_socket = { context, _, address in
    guard let context, let address else { return -1 }
    let gate = Unmanaged<AddressGate>.fromOpaque(context).takeUnretainedValue()
    // The address is the structure's last member and longer than its type says.
    let offset = MemoryLayout<curl_sockaddr>.offset(of: \.addr) ?? 0
    let start = UnsafeRawPointer(address).advanced(by: offset).assumingMemoryBound(to: sockaddr.self)
    return gate.open(address.pointee, at: start)
}
