/// Decides where addresses that a client names may lead: to the public internet and nowhere else.
///
/// What counts is the address that a connection is opened to, not how the client spells it: names, numbers in
/// decimal, octal or hexadecimal, and names whose answer changes between two questions all end here. Safe from any
/// thread.
///
/// Sources: IANA's special-purpose address registries (RFC 6890); RFC 4291; RFC 6052; RFC 5214.
public struct DestinationGuard: Sendable {
    private let allowed: [NetworkRange]

    /// - Parameter allowed: networks that may be reached although they are not public.
    public init(allowing allowed: [NetworkRange] = []) {
        self.allowed = allowed
    }

    /// Whether a connection to an address, in its 4 or 16 bytes, may be opened.
    public func permits(_ address: [UInt8]) -> Bool {
        if allowed.contains(where: { $0.contains(address) }) { return true }
        switch address.count {
        case 4: return !Self.closed4.contains { $0.contains(address) }
        case 16:
            // Outside of 2000::/3 there is nothing public: loopback, link-local, unique local, multicast, and IPv4
            // addresses in IPv6 clothes (mapped, compatible, NAT64).
            return address[0] & 0xE0 == 0x20 && !Self.closed6.contains { $0.contains(address) }
                && !Self.isTunnelled(address)
        default: return false
        }
    }

    private static let closed4 = [
        "0.0.0.0/8",  // this network
        "10.0.0.0/8",  // private
        "100.64.0.0/10",  // carrier-grade NAT
        "127.0.0.0/8",  // loopback
        "168.63.129.16",  // Azure's host
        "169.254.0.0/16",  // link-local, metadata services
        "172.16.0.0/12",  // private
        "192.0.0.0/24",  // protocol assignments
        "192.0.2.0/24",  // documentation
        "192.88.99.0/24",  // 6to4 relays
        "192.168.0.0/16",  // private
        "198.18.0.0/15",  // benchmarks
        "198.51.100.0/24",  // documentation
        "203.0.113.0/24",  // documentation
        "224.0.0.0/4",  // multicast
        "240.0.0.0/4",  // reserved, broadcast
    ].compactMap(NetworkRange.init)

    private static let closed6 = [
        "2001::/23",  // protocol assignments, Teredo
        "2001:db8::/32",  // documentation
        "2002::/16",  // 6to4: an IPv4 address inside
        "3fff::/20",  // documentation
    ].compactMap(NetworkRange.init)

    /// ISATAP: an IPv4 address behind `0:5efe` or `200:5efe`, whatever stands before.
    private static func isTunnelled(_ address: [UInt8]) -> Bool {
        address[8] & 0xFD == 0 && address[9] == 0 && address[10] == 0x5E && address[11] == 0xFE
    }
}
