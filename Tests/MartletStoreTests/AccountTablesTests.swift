import MartletCore
import MartletStore
import MartletTesting
import Testing

@Suite("Accounts, their keys and groups")
struct AccountTablesTests {
    private let folder = TemporaryFolder()

    /// A store with one account and one key of it, found by the hash `first`.
    private func filled() throws -> (store: Store, account: AccountID, key: KeyID) {
        let store = Store(path: folder.path + "/accounts.db")
        let ids = try store.write { tables throws(StoreError) -> (AccountID, KeyID)? in
            var account = AccountTable.Row(username: "ada")
            account.role = .admin
            guard let id = try tables.accounts.add(account),
                let key = try tables.keys.add(ApiKeyTable.Row(account: id), hash: "first")
            else { return nil }
            return (id, key)
        }
        let (account, key) = try #require(ids)
        return (store, account, key)
    }

    @Test func `two who change different parts of an account undo nothing of each other`() throws {
        let (store, id, _) = try filled()
        try store.write { tables throws(StoreError) in
            // Both have read the row before: what they change is changed in what is there by then.
            try tables.accounts.change(id) { row throws(StoreError) in row.status = .disabled }
            try tables.accounts.change(id) { row throws(StoreError) in row.displayName = "Ada" }
        }
        let row = try #require(try store.read { tables throws(StoreError) in try tables.accounts.row(id) })
        #expect(row.status == .disabled && row.displayName == "Ada" && row.role == .admin)
    }

    @Test func `a change leaves money that was granted meanwhile`() throws {
        let (store, id, key) = try filled()
        try store.write { tables throws(StoreError) in
            try tables.keys.change(key) { row throws(StoreError) in
                try tables.ledger.grant(Credits(nano: 7), to: key)
                row.name = "laptop"
            }
            try tables.accounts.change(id) { row throws(StoreError) in
                try tables.ledger.grant(Credits(nano: 5), to: id)
                row.email = "ada@example.org"
            }
        }
        let rows = try store.read { tables throws(StoreError) in
            (try tables.accounts.row(id), try tables.keys.row(key))
        }
        #expect(rows.0?.balance == Credits(nano: 5) && rows.0?.email == "ada@example.org")
        #expect(rows.1?.balance == Credits(nano: 7) && rows.1?.name == "laptop")
    }

    @Test func `what has ended is not changed any more`() throws {
        let (store, id, key) = try filled()
        let (account, changed) = try store.write { tables throws(StoreError) in
            try tables.accounts.end(id)
            return (
                try tables.accounts.change(id) { row throws(StoreError) in row.status = .enabled },
                try tables.keys.change(key) { row throws(StoreError) in row.status = .enabled }
            )
        }
        #expect(account == nil && changed == nil)
        let rows = try store.read { tables throws(StoreError) in
            (try tables.accounts.row(id), try tables.keys.row(key))
        }
        #expect(rows.0?.status == .deleted && rows.0?.password == "" && rows.1?.status == .deleted)
    }

    @Test func `a hash whose time is over finds no key and stays taken`() throws {
        let (store, id, key) = try filled()
        try store.write { tables throws(StoreError) in
            try tables.keys.endHashes(of: key, at: 1_000)
            try tables.keys.put(hash: "second", of: key)
        }
        try store.read { tables throws(StoreError) in
            #expect(try tables.keys.row(hash: "first", now: 999)?.id == key)
            #expect(try tables.keys.row(hash: "first", now: 1_000) == nil)
            #expect(try tables.keys.row(hash: "second", now: 1_000)?.id == key)
            #expect(try tables.keys.isTaken(hash: "first"))
            #expect(try !tables.keys.isTaken(hash: "third"))
        }
        let again = try store.write { tables throws(StoreError) in
            try tables.keys.add(ApiKeyTable.Row(account: id), hash: "first")
        }
        #expect(again == nil)
    }

    @Test func `a group keeps what a change of it does not name`() throws {
        let (store, _, _) = try filled()
        try store.write { tables throws(StoreError) in
            try tables.groups.put("crew", title: nil, ratio: 800_000, now: 5)
            try tables.groups.put("crew", title: "The crew", ratio: nil, now: 9)
            try tables.groups.put("other", title: "Others", ratio: nil, now: 9)
            try tables.groups.put("other", title: nil, ratio: 0, now: 9)
        }
        let groups = try store.read { tables throws(StoreError) in try tables.groups.all() }
        #expect(groups.contains(GroupTable.Row(name: "crew", title: "The crew", ratio: 800_000, created: 5)))
        #expect(groups.contains(GroupTable.Row(name: "other", title: "Others", ratio: 0, created: 9)))
    }
}
