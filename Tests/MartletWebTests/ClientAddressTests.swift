import Testing

@testable import MartletWeb

@Suite("The client's address")
struct ClientAddressTests {
    private let trusted = ["10.0.0.0/8", "2001:db8::/32"].compactMap { AddressRange($0) }

    @Test(
        arguments: [
            ("192.0.2.1", "198.51.100.7", "192.0.2.1"),
            ("10.0.0.1", nil, "10.0.0.1"),
            ("10.0.0.1", "198.51.100.7", "198.51.100.7"),
            ("10.0.0.1", "1.2.3.4, 198.51.100.7", "198.51.100.7"),
            ("10.0.0.1", "1.2.3.4, 198.51.100.7, 10.0.0.2", "198.51.100.7"),
            ("10.0.0.1", "198.51.100.7, rubbish", "10.0.0.1"),
            ("2001:db8::1", "198.51.100.7", "198.51.100.7"),
            ("::ffff:10.0.0.1", "198.51.100.7", "198.51.100.7"),
        ] as [(String, String?, String)]
    )
    func `only a trusted proxy's word counts`(peer: String, forwarded: String?, expected: String) {
        #expect(ClientAddress.find(peer: peer, forwarded: forwarded, trusted: trusted) == expected)
    }

    @Test(
        arguments: [
            ("192.0.2.7", "192.0.2.7"), ("::ffff:10.0.0.1", "10.0.0.1"),
            ("255.255.255.255", "255.255.255.255"),
            ("2001:db8:1:2:3::4", "20:1:d:b8:0:1:0:2/64"), ("unix:", "unix:"), ("", ""),
        ]
    )
    func `in limits an address counts as itself or as its network`(address: String, subject: String) {
        #expect(ClientAddress.limitSubject(address) == subject)
    }

    @Test
    func `ranges end at the right bit`() throws {
        let range = try #require(AddressRange("192.0.2.128/25"))
        #expect(range.contains("192.0.2.128") && range.contains("192.0.2.255"))
        #expect(!range.contains("192.0.2.127") && !range.contains("192.0.3.128"))
        for bad in ["", "10.0.0.0/33", "10.0.0/8", "x", "10.0.0.0/", "::/129"] {
            #expect(AddressRange(bad) == nil)
        }
    }
}
