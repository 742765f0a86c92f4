import MartletAccounts
import MartletCore
import Testing

@Suite struct `Sealed content` {
    private let content = Array("what was said".utf8)

    @Test func `opens with the same key and name, and with no other`() throws {
        let sealed = try #require(ContentSeal(Secret("key 1")).seal(content, named: "resp_1"))
        #expect(ContentSeal(Secret("key 1")).open(sealed, named: "resp_1") == content)
        #expect(ContentSeal(Secret("key 2")).open(sealed, named: "resp_1") == nil)
        #expect(ContentSeal(Secret("key 1")).open(sealed, named: "resp_2") == nil)
    }

    @Test func `is never the same twice, and does not open when it was changed`() throws {
        let seal = ContentSeal(Secret("key 1"))
        let sealed = try #require(seal.seal(content, named: "n"))
        #expect(seal.seal(content, named: "n") != sealed)
        for index in sealed.indices {
            var changed = sealed
            changed[index] ^= 1
            #expect(seal.open(changed, named: "n") == nil)
        }
        #expect(seal.open([], named: "n") == nil)
    }
}
