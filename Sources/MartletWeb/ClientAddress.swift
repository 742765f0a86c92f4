import Glibc
import MartletCore

/// An IP address or a network, for deciding whom to believe.
public struct AddressRange: Sendable, Equatable {
    private let bytes: [UInt8]
    private let prefixLength: Int

    /// Reads `192.0.2.7`, `10.0.0.0/8`, `2001:db8::/32`; nil for anything else.
    public init?(_ text: String) {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count <= 2, let bytes = parts.first.flatMap({ Self.parse(String($0)) }) else {
            return nil
        }
        self.bytes = bytes
        if parts.count == 2 {
            guard let length = Int(parts[1]), (0...bytes.count * 8).contains(length) else { return nil }
            prefixLength = length
        } else {
            prefixLength = bytes.count * 8
        }
    }

    /// Whether an address lies in the range.
    ///
    /// An IPv4 address written as IPv6 counts as IPv4.
    public func contains(_ address: String) -> Bool {
        guard let other = Self.parse(address), other.count == bytes.count else { return false }
        let whole = prefixLength / 8
        guard bytes[..<whole] == other[..<whole] else { return false }
        let rest = prefixLength % 8
        guard rest > 0 else { return true }
        let mask = UInt8(truncatingIfNeeded: 0xff00 >> rest)
        return bytes[whole] & mask == other[whole] & mask
    }

    /// The bytes of an address, 4 or 16; an IPv4 address written as IPv6 counts as IPv4.
    static func parse(_ text: String) -> [UInt8]? {
        var four = in_addr()
        if inet_pton(AF_INET, text, &four) == 1 {
            return withUnsafeBytes(of: &four) { Array($0) }
        }
        var six = in6_addr()
        guard inet_pton(AF_INET6, text, &six) == 1 else { return nil }
        let bytes = withUnsafeBytes(of: &six) { Array($0) }
        let isMapped = bytes[..<10].allSatisfy { $0 == 0 } && bytes[10] == 0xff && bytes[11] == 0xff
        return isMapped ? Array(bytes[12...]) : bytes
    }
}

/// Finds out who really asks, when trusted proxies stand before the web server.
public enum ClientAddress {
    /// What an address counts as in limits: itself, or its /64 network, which in IPv6 is one customer's.
    public static func limitSubject(_ address: String) -> String {
        guard let bytes = AddressRange.parse(address) else { return address }
        guard bytes.count == 16 else { return dotted(bytes) }
        return bytes[..<8].map { String($0, radix: 16) }.joined(separator: ":") + "/64"
    }

    private static func dotted(_ address: [UInt8]) -> String {
        var text: [UInt8] = []
        text.reserveCapacity(15)
        for byte in address {
            if !text.isEmpty { text.append(UInt8(ascii: ".")) }
            text.append(decimal: Int(byte))
        }
        return String(decoding: text, as: UTF8.self)
    }

    /// Goes through `X-Forwarded-For` from its end, past the proxies that are trusted, to the first address that is not.
    ///
    /// - Parameters:
    ///   - peer: the connection's address, as the web server names it; `unix:` or nothing for a local socket.
    ///   - forwarded: the field's value; nil without one. Anybody can write it, so it counts only behind a trusted peer.
    ///   - trusted: whose word counts.
    /// - Returns: an address, or what the web server names the peer.
    public static func find(peer: String, forwarded: String?, trusted: [AddressRange]) -> String {
        guard !trusted.isEmpty, let forwarded else { return peer }
        var current = peer
        for hop in forwarded.split(separator: ",").reversed() {
            guard trusted.contains(where: { $0.contains(current) }) else { return current }
            let address = hop.trimmingPrefix { $0 == " " }.prefix { $0 != " " }
            // What cannot be read ends the walk: the last address that made sense stands.
            guard AddressRange(String(address)) != nil else { return current }
            current = String(address)
        }
        return current
    }
}
