import HTTPTypes
import MartletAccounts
import MartletCore
import Testing

@Suite struct `The key of a client` {
    @Test(
        arguments: [
            ("Bearer abc", "abc"), ("bearer abc", "abc"), ("  BEARER \t abc \t", "abc"),
            ("Bearer ab:c/~!", "ab:c/~!"), ("Bearer a b", nil), ("Bearer", nil), ("Bearer ", nil),
            ("Bearer   ", nil), ("Basic abc", nil), ("Bearerabc", nil), ("", nil), (" ", nil),
            ("Bearer sch\u{fc}ssel", nil), ("Bearer \u{301}abc", nil), ("B\u{cb}arer abc", nil),
            ("Bearer a\tb", nil),
        ] as [(String, String?)]
    )
    func `stands behind the word Bearer`(value: String, key: String?) {
        #expect((try? ClientKey.find(in: [.authorization: value]))?.revealed == key)
    }

    @Test func `may have 1,024 characters`() throws {
        let longest = String(repeating: "k", count: 1_024)
        #expect(try ClientKey.find(in: [.authorization: "Bearer \(longest)"]).revealed == longest)
        #expect(throws: GatewayError.self) {
            try ClientKey.find(in: [.authorization: "Bearer \(longest)k"])
        }
    }

    @Test func `may stand in a field of its own`() throws {
        let name = try #require(HTTPField.Name("x-api-key"))
        #expect(try ClientKey.find(in: [name: " abc "]).revealed == "abc")
        #expect(try ClientKey.find(in: [.authorization: "Basic x", name: "abc"]).revealed == "abc")
        #expect(try ClientKey.find(in: [.authorization: "Bearer x", name: "abc"]).revealed == "x")
    }

    @Test func `is named by its SHA-256`() {
        let hash = KeyHash(Secret("abc"))
        #expect(hash.text == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
        #expect(hash.short == "ba7816bf")
    }
}
