import Testing

@testable import MartletUpstream

@Suite struct DestinationGuardTests {
    private static let refused = [
        "0.0.0.0", "0.1.2.3", "10.0.0.1", "10.255.255.255", "100.64.0.1", "100.100.100.200",
        "100.127.255.255",
        "127.0.0.1", "127.255.255.254", "168.63.129.16", "169.254.0.1", "169.254.169.254", "169.254.170.2",
        "172.16.0.1", "172.31.255.255", "192.0.0.1", "192.0.0.192", "192.0.2.1", "192.88.99.1", "192.168.0.1",
        "192.168.255.255", "198.18.0.1", "198.19.255.255", "198.51.100.7", "203.0.113.9", "224.0.0.1",
        "239.255.255.250", "240.0.0.1", "255.255.255.255",
        "::", "::1", "::2", "::127.0.0.1", "::7f00:1", "::8.8.8.8", "::ffff:127.0.0.1", "::ffff:10.0.0.1",
        "::ffff:169.254.169.254", "::ffff:8.8.8.8", "::ffff:0:127.0.0.1", "64:ff9b::127.0.0.1",
        "64:ff9b::169.254.169.254", "64:ff9b::8.8.8.8", "64:ff9b:1::10.0.0.1", "100::1", "fc00::1", "fd00::1",
        "fd00:ec2::254", "fe80::1", "fe80::a9fe:a9fe", "febf::1", "fec0::1", "ff00::1", "ff02::1", "ff0e::1",
        "2001::1", "2001:0:7f00:1::", "2001:2::1", "2001:10::1", "2001:db8::1", "2002:7f00:1::1",
        "2002:a9fe:a9fe::1", "2002:808:808::1", "3fff::1", "4000::1", "5f00::1", "8000::1",
        "2a00:1450::5efe:10.0.0.1", "2a00:1450::200:5efe:192.168.1.1",
    ]
    private static let permitted = [
        "1.1.1.1", "8.8.8.8", "9.255.255.255", "11.0.0.0", "100.63.255.255", "100.128.0.0", "126.255.255.255",
        "128.0.0.1", "169.253.255.255", "169.255.0.0", "172.15.255.255", "172.32.0.0", "192.0.1.1",
        "192.167.255.255",
        "192.169.0.0", "198.17.255.255", "198.20.0.0", "223.255.255.255", "2606:4700::1111",
        "2001:4860:4860::8888",
        "2001:200::1", "2003::1", "3ffe::1", "2a00:1450:4001:82a::200e",
    ]

    @Test(arguments: refused)
    func `no connection is opened to an address that is not public`(text: String) throws {
        let address = try #require(NetworkRange.bytes(of: text))
        #expect(!DestinationGuard().permits(address))
    }

    @Test(arguments: permitted)
    func `public addresses are reached`(text: String) throws {
        let address = try #require(NetworkRange.bytes(of: text))
        #expect(DestinationGuard().permits(address))
    }

    @Test func `bytes that are no address are refused`() {
        for count in [0, 1, 3, 5, 8, 15, 17] {
            #expect(!DestinationGuard().permits([UInt8](repeating: 8, count: count)))
        }
    }

    @Test func `a network of the settings is reached, its neighbours and other spellings are not`() throws {
        let allowed = try [#require(NetworkRange("127.0.0.0/8")), #require(NetworkRange("fd12::/16"))]
        let destinations = DestinationGuard(allowing: allowed)
        for (text, isReached) in [
            ("127.0.0.1", true), ("127.9.9.9", true), ("10.0.0.1", false), ("::1", false),
            ("::ffff:127.0.0.1", false), ("fd12:3::1", true), ("fd13::1", false),
        ] {
            #expect(destinations.permits(try #require(NetworkRange.bytes(of: text))) == isReached, "\(text)")
        }
    }

    @Test(arguments: [
        "", "/8", "10.0.0.0/33", "10.0.0.0/-1", "10.0.0/8", "::/129", "localhost", "10.0.0.0/8/8",
    ])
    func `what is no network is not read as one`(text: String) {
        #expect(NetworkRange(text) == nil)
    }
}
