import MartletCore
import MartletTesting
import SQL
import Testing

@testable import MartletStore

@Suite struct `The windows database` {
    private let folder = TemporaryFolder()
    private let row = WindowRow(newest: Instant(nanoseconds: 5), state: [1, 2, 3])

    private func path() throws -> String {
        WindowFolder(path: folder.path).databasePath(boot: try WindowFolder.bootIdentifier())
    }

    private func put(_ subject: String, in store: WindowStore) throws {
        try store.write { table throws(StoreError) in try table.put(row, for: subject) }
    }

    private func row(_ subject: String, in store: WindowStore) throws -> WindowRow? {
        try store.read { table throws(StoreError) in try table.row(of: subject) }
    }

    @Test func `keeps rows for every process that opens the folder`() throws {
        try put("a", in: WindowStore(folder: folder.path))
        let store = WindowStore(folder: folder.path)
        #expect(try row("a", in: store) == row)
        #expect(try row("b", in: store) == nil)
    }

    @Test func `makes its folder, but not the folder's folder`() throws {
        let path = folder.path + "/run"
        try put("a", in: WindowStore(folder: path))
        #expect(folder.fileNames == ["run"])
        #expect(throws: StoreError.self) { try put("a", in: WindowStore(folder: path + "/missing/run")) }
    }

    @Test func `removes the files of an earlier boot, and nothing else`() throws {
        let dead = "windows-00000000-0000-0000-0000-000000000000"
        let alive = "windows-11111111-1111-1111-1111-111111111111"
        for boot in [dead, alive] {
            for suffix in [".db", ".db-wal", ".db-shm", ".live"] { folder.write("", to: boot + suffix) }
        }
        folder.write("", to: "windows-of-opportunity.db")
        let presence = try FileLock(path: folder.path + "/" + alive + ".live", mode: .shared)
        try put("a", in: WindowStore(folder: folder.path))
        #expect(!folder.fileNames.contains { $0.hasPrefix(dead) })
        #expect(folder.fileNames.filter { $0.hasPrefix(alive) }.count == 4)
        #expect(folder.fileNames.contains("windows-of-opportunity.db"))
        withExtendedLifetime(presence) {}
    }

    @Test func `forgets idle subjects and no others`() throws {
        let store = WindowStore(folder: folder.path)
        try store.write { table throws(StoreError) in
            for number in 0..<1_200 {
                let row = WindowRow(newest: Instant(nanoseconds: Int64(number)), state: [])
                try table.put(row, for: "\(number)")
            }
        }
        #expect(try store.housekeep(forgettingIdleSince: Instant(nanoseconds: 1_100)))
        #expect(try row("0", in: store) == nil)
        #expect(try row("1100", in: store) == nil)
        #expect(try row("1101", in: store) != nil)
    }

    @Test func `leaves the housekeeping to whoever is at it`() throws {
        let store = WindowStore(folder: folder.path)
        try put("a", in: store)
        let lock = try FileLock(path: folder.path + "/windows.lock", mode: .exclusive)
        #expect(try !store.housekeep(forgettingIdleSince: Instant(nanoseconds: 100)))
        #expect(try row("a", in: store) == row)
        withExtendedLifetime(lock) {}
    }

    @Test func `begins anew when its files are deleted`() throws {
        let store = WindowStore(folder: folder.path)
        try put("a", in: store)
        folder.emptyUnderDatabases()
        #expect(try row("a", in: store) == nil)
        try put("b", in: store)
        #expect(try row("b", in: WindowStore(folder: folder.path)) == row)
    }

    @Test func `says that garbage is damaged, and works again when it is gone`() throws {
        let store = WindowStore(folder: folder.path)
        let name = try path().dropFirst(folder.path.count + 1)
        folder.write(String(repeating: "no database at all. ", count: 500), to: String(name))
        #expect(throws: StoreError.damaged("file is not a database")) { try put("a", in: store) }
        folder.empty()
        try put("a", in: store)
        #expect(try row("a", in: store) == row)
    }

    @Test func `notices damage to a file that is in use`() throws {
        let store = WindowStore(folder: folder.path)
        try put("a", in: store)
        _ = try store.housekeep(forgettingIdleSince: Instant(nanoseconds: 0))
        folder.write(
            String(repeating: "no database at all. ", count: 500),
            to: String(try path().dropFirst(folder.path.count + 1))
        )
        // Pages that a connection still remembers are as good as ever; a new process sees the damage.
        #expect(throws: StoreError.self) { try put("b", in: WindowStore(folder: folder.path)) }
        folder.empty()
        try put("b", in: store)
        #expect(try row("b", in: store) == row)
    }

    @Test(arguments: ["/sys/martlet", "/dev/null/martlet"])
    func `is unreachable where nothing can be made`(path: String) throws {
        do {
            try put("a", in: WindowStore(folder: path))
            Issue.record("written")
        } catch StoreError.unreachable {
            // As it should be.
        }
    }

    @Test func `is busy when another process keeps the lock for too long`() throws {
        let store = WindowStore(folder: folder.path, busyLimit: .milliseconds(10))
        try put("a", in: store)
        let other = try SQLiteConnection(SQLiteLocation(path: path()))
        try other.transaction(.writing) { () throws in
            #expect(throws: StoreError.busy("database is locked")) { try put("b", in: store) }
            #expect(try row("a", in: store) == row)
        }
        try put("b", in: store)
    }

    @Test func `refuses a file that a newer program has changed`() throws {
        try put("a", in: WindowStore(folder: folder.path))
        let other = try SQLiteConnection(SQLiteLocation(path: path()))
        try other.execute("INSERT INTO migration VALUES ('9999 future')")
        #expect(throws: StoreError.newerSchema("9999 future")) {
            try put("a", in: WindowStore(folder: folder.path))
        }
    }
}
