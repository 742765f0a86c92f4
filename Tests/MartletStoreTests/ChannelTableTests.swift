import MartletCore
import MartletStore
import MartletTesting
import Testing

@Suite("Channels of the database")
struct ChannelTableTests {
    private let folder = TemporaryFolder()

    private func filled() throws -> (store: Store, first: Int64, second: Int64) {
        let store = Store(path: folder.path + "/channels.db")
        let numbers = try store.write { tables throws(StoreError) -> (Int64, Int64)? in
            guard
                let first = try tables.channels.add(
                    ChannelTable.Row(name: "first", kind: "openai", address: "http://a")
                ),
                let second = try tables.channels.add(
                    ChannelTable.Row(name: "second", kind: "openai", address: "http://b")
                )
            else { return nil }
            try tables.channels.add(ChannelTable.Key(channel: first, sealed: "old", hint: "…", name: "k"))
            return (first, second)
        }
        let (first, second) = try #require(numbers)
        return (store, first, second)
    }

    @Test func `two who change different parts of a channel undo nothing of each other`() throws {
        let (store, first, _) = try filled()
        try store.write { tables throws(StoreError) in
            try tables.channels.change(first) { row throws(StoreError) in row.status = .disabled }
            try tables.channels.change(first) { row throws(StoreError) in
                (row.balance, row.balanceTime) = (Credits(nano: 5), 9)
            }
        }
        let row = try #require(try store.read { tables throws(StoreError) in try tables.channels.row(first) })
        #expect(row.status == .disabled && row.balance == Credits(nano: 5) && row.balanceTime == 9)
    }

    @Test func `a name that another has is not taken, and a channel that is gone is missing`() throws {
        let (store, first, second) = try filled()
        let before = try store.read { tables throws(StoreError) in try tables.channels.revision() }
        let changes = try store.write { tables throws(StoreError) in
            _ = try tables.channels.remove(second)
            return (
                try tables.channels.change(first) { row throws(StoreError) in row.name = "second" },
                try tables.channels.change(second) { row throws(StoreError) in row.name = "third" }
            )
        }
        guard case .changed = changes.0, case .missing = changes.1 else {
            Issue.record("\(changes)")
            return
        }
        let third = try store.write { tables throws(StoreError) -> ChannelTable.Change in
            let third = try tables.channels.add(
                ChannelTable.Row(name: "third", kind: "openai", address: "http://c")
            )
            return try tables.channels.change(third ?? 0) { row throws(StoreError) in row.name = "second" }
        }
        guard case .nameTaken = third else {
            Issue.record("\(third)")
            return
        }
        #expect(try store.read { tables throws(StoreError) in try tables.channels.revision() } > before)
    }

    @Test func `sealing a key anew leaves it disabled, and leaves one that was changed meanwhile`() throws {
        let (store, first, _) = try filled()
        let keys = try store.write { tables throws(StoreError) -> [ChannelTable.Key] in
            guard let key = try tables.channels.keys(of: first).first else { return [] }
            try tables.channels.set(key: key.id, isEnabled: false)
            try tables.channels.reseal(key, as: "new")
            try tables.channels.reseal(key, as: "late")
            return try tables.channels.keys(of: first)
        }
        #expect(keys.map(\.sealed) == ["new"] && keys.map(\.isEnabled) == [false])
    }

    @Test func `a channel rests when every key does, for the reason that all have`() throws {
        typealias State = KeyStateTable.State
        func health(_ reasons: [String?], isEnabled: Bool = true) -> ChannelHealth {
            var states: [KeyStateTable.Subject: State] = [:]
            for (number, reason) in reasons.enumerated() {
                guard let reason else { continue }
                let subject = KeyStateTable.Subject(channel: "c", key: "\(number)", model: "")
                states[subject] = State(openings: 1, until: 20_000 + number * 1_000, reason: reason)
            }
            // A model that rests is not the channel.
            states[KeyStateTable.Subject(channel: "c", key: "0", model: "m")] = State(
                until: 99_000,
                reason: "failed"
            )
            return ChannelHealth(
                of: "c",
                isEnabled: isEnabled,
                keys: reasons.indices.map { "\($0)" },
                states: states,
                now: 10
            )
        }
        #expect(health([nil]).reason == .none)
        #expect(health(["refused", nil]).reason == .none)
        #expect(health(["no_credit", "no_credit"]).reason == .billing)
        #expect(health(["no_credit", "refused"]).reason == .breaker)
        #expect(health(["no_credit", "refused"]).restsUntil == 20)
        #expect(health(["refused"], isEnabled: false).reason == .manual)
        #expect(health([]).reason == .noKey)
        let open = ChannelHealth(
            of: "c",
            isEnabled: true,
            keys: [],
            takesCallersKey: true,
            states: [:],
            now: 10
        )
        #expect(open.reason == .none)
    }
}
