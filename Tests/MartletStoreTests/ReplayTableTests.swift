import MartletStore
import MartletTesting
import Testing

@Suite("Answers that are given again")
struct ReplayTableTests {
    private let folder = TemporaryFolder()
    private let subject = ReplayTable.Subject(owner: "ada", key: "one")

    private func claim(_ store: Store, by holder: String, now: Int = 100) throws -> ReplayTable.Row? {
        let row = ReplayTable.Row(fingerprint: "f", holder: holder)
        return try store.write { tables throws(StoreError) in
            try tables.replays.claim(subject, as: row, now: now, until: now + 50)
        }
    }

    @Test func `only the first who asks has the work`() throws {
        let store = Store(path: folder.path + "/a.db")
        let other = Store(path: folder.path + "/a.db")
        #expect(try claim(store, by: "h1") == nil)
        for _ in 0..<3 {
            #expect(try claim(store, by: "h1") == ReplayTable.Row(fingerprint: "f", holder: "h1"))
        }
        #expect(try claim(other, by: "h2")?.holder == "h1")
        try other.write { tables throws(StoreError) in
            try tables.replays.fill(subject, holder: "h2", answer: [9])
            try tables.replays.release(subject, holder: "h2")
        }
        #expect(try claim(other, by: "h2")?.answer == nil, "nobody fills another's")
        try store.write { tables throws(StoreError) in
            try tables.replays.fill(subject, holder: "h1", answer: [1])
        }
        #expect(try claim(other, by: "h2")?.answer == [1])
        #expect(try claim(other, by: "h2", now: 150) == nil, "it has expired")
    }
}
