import MartletAccounts
import MartletCore
import Testing

@Suite("Passwords, sessions and keys")
struct PasswordAndSessionTests {
    @Test func `a password fits its own hash alone`() {
        let hash = PasswordHash.make(Secret("correct horse"))
        #expect(hash.hasPrefix("scrypt$15$8$3$") && hash != PasswordHash.make(Secret("correct horse")))
        #expect(PasswordHash.verify(Secret("correct horse"), against: hash) == .right)
        #expect(PasswordHash.verify(Secret("correct horsf"), against: hash) == .wrong)
        #expect(PasswordHash.verify(Secret(""), against: "") == .wrong)
        #expect(PasswordHash.verify(Secret("x"), against: nil) == .wrong)
    }

    @Test func `hashes of older relays are read`() {
        let old = "ucLyKbJgvcwS1AI6qmXAgA==:DPortVM1m1kFjvIKHxY6yhGXso+oaSnvKo09HbDtTE8="
        #expect(PasswordHash.verify(Secret("123456"), against: old) == .rightButOld)
        #expect(PasswordHash.verify(Secret("123457"), against: old) == .wrong)
    }

    @Test(arguments: [
        "scrypt$30$8$3$AAAA$AAAA", "scrypt$15$8$AAAA$AAAA", "plain", ":", "a:b:c", "$$$$$", "scrypt$15$8$3$$",
    ])
    func `what is no hash fits nothing`(hash: String) {
        #expect(PasswordHash.verify(Secret("x"), against: hash) == .wrong)
    }

    private let claims = SessionToken.Claims(
        account: AccountID(7),
        username: "ada",
        role: .admin,
        version: 3,
        issued: 100,
        expires: 200
    )

    @Test func `a session is read by who has made it, until its end`() throws {
        let sessions = try #require(SessionToken(secret: Secret(String(repeating: "s", count: 32))))
        let token = sessions.make(claims)
        #expect(sessions.read(token, now: 199) == claims)
        #expect(sessions.read(token, now: 200) == nil)
        let others = try #require(SessionToken(secret: Secret(String(repeating: "t", count: 32))))
        #expect(others.read(token, now: 150) == nil)
        #expect(SessionToken(secret: Secret(String(repeating: "s", count: 31))) == nil)
    }

    @Test func `no part of a session can be changed`() throws {
        let sessions = try #require(SessionToken(secret: Secret(String(repeating: "s", count: 32))))
        let text = sessions.make(claims).revealed
        for index in text.indices {
            var changed = text
            changed.replaceSubrange(index...index, with: text[index] == "A" ? "B" : "A")
            // The last letter of a part has bits that mean nothing; those are refused, too.
            #expect(
                sessions.read(Secret(changed), now: 150) == nil,
                "at \(text.distance(from: text.startIndex, to: index))"
            )
        }
        for odd in ["", ".", "..", "a.b.c", text + ".", String(text.dropLast()), "\(text)\(text)"] {
            #expect(sessions.read(Secret(odd), now: 150) == nil)
        }
    }

    @Test func `keys have a form that is known, and hints that tell little`() {
        let key = KeyIssuer.make()
        #expect(KeyIssuer.isOurs(key) && key.revealed.count == 67 && key != KeyIssuer.make())
        #expect(KeyIssuer.isOurs(Secret("kp_" + String(repeating: "0", count: 48))))
        for other in [
            "sk-" + String(repeating: "A", count: 64), "sk-proj-abc", "",
            "sk-" + String(repeating: "0", count: 63),
        ] {
            #expect(!KeyIssuer.isOurs(Secret(other)))
        }
        #expect(KeyIssuer.hint(of: key).count == 8 && KeyIssuer.hint(of: Secret("short")) == "…")
    }

    @Test func `nobody manages or grants at or above the own role but an owner`() {
        for role in Role.allCases {
            for other in Role.allCases {
                #expect(role.mayManage(other) == (role == .owner || role == .admin && other == .user))
                #expect(role.mayGrant(other) == (role == .owner || role == .admin && other == .user))
            }
        }
    }
}
