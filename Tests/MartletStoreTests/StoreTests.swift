import MartletTesting
import SQL
import Testing

@testable import MartletStore

@Suite struct `The main database` {
    private let folder = TemporaryFolder()
    private var path: String { folder.path + "/martlet.db" }

    private func row(_ id: String, owner: String = "anna", expires: Int = 100) -> StoredResponseTable.Row {
        StoredResponseTable.Row(id: id, owner: owner, created: 1, expires: expires, content: [1, 0, 255])
    }

    private func add(_ row: StoredResponseTable.Row, to store: Store) throws {
        try store.write { tables throws(StoreError) in try tables.responses.add(row) }
    }

    private func find(_ id: String, owner: String = "anna", now: Int = 50, in store: Store) throws
        -> StoredResponseTable.Row?
    {
        try store.read { tables throws(StoreError) in
            try tables.responses.row(id: id, owner: owner, now: now)
        }
    }

    @Test func `is not made before somebody uses it`() throws {
        let store = Store(path: path)
        #expect(try !store.housekeep(now: 0))
        #expect(folder.fileNames.isEmpty)
    }

    @Test func `keeps answers for every process that opens the file`() throws {
        try add(row("a"), to: Store(path: path))
        #expect(try find("a", in: Store(path: path)) == row("a"))
    }

    @Test func `shows an answer to its owner alone, and not beyond its time`() throws {
        let store = Store(path: path)
        try add(row("a"), to: store)
        #expect(try find("a", owner: "bert", in: store) == nil)
        #expect(try find("a", now: 100, in: store) == nil)
        #expect(try find("a", now: 99, in: store) != nil)
    }

    @Test func `deletes an answer for its owner alone`() throws {
        let store = Store(path: path)
        try add(row("a"), to: store)
        func remove(_ owner: String) throws -> Bool {
            try store.write { tables throws(StoreError) in
                try tables.responses.remove(id: "a", owner: owner, now: 50)
            }
        }
        #expect(try !remove("bert"))
        #expect(try remove("anna"))
        #expect(try !remove("anna"))
        #expect(try find("a", in: store) == nil)
    }

    @Test func `housekeeping deletes what has expired, however much, and nothing else`() throws {
        let store = Store(path: path)
        for number in 0..<250 { try add(row("old\(number)"), to: store) }
        try add(row("new", expires: 101), to: store)
        #expect(try store.housekeep(now: 100))
        let database = SQLDatabase(SQLiteLocation(path: path))
        let ids = try database.read { try $0.rows("SELECT id FROM stored_response").map { try $0.text(0) } }
        #expect(ids == ["new"])
    }

    @Test func `one process keeps house at a time`() throws {
        let store = Store(path: path)
        try add(row("a"), to: store)
        let lock = try FileLock(path: path + ".lock", mode: .exclusive)
        #expect(try !store.housekeep(now: 0))
        withExtendedLifetime(lock) {}
    }

    @Test func `heals when its file is deleted`() throws {
        let store = Store(path: path)
        try add(row("a"), to: store)
        folder.emptyUnderDatabases()
        #expect(try find("a", in: store) == nil)
        try add(row("a"), to: store)
        #expect(try find("a", in: Store(path: path)) != nil)
    }

    @Test func `leaves a file of a newer program alone`() throws {
        let database = SQLDatabase(SQLiteLocation(path: path))
        try database.write { connection in
            try connection.execute("CREATE TABLE migration (step TEXT PRIMARY KEY)")
            try connection.execute("INSERT INTO migration (step) VALUES ('9999 future')")
        }
        #expect(throws: StoreError.newerSchema("9999 future")) { try find("a", in: Store(path: path)) }
    }
}
