import MartletTesting
import Synchronization
import Testing
import Threading

@testable import SQL

@Suite struct `The journal` {
    @Test(arguments: [0x6969, 0x517B, 0xFF53_4D42, 0xFE53_4D42, 0x6573_5546, 0x0102_1997] as [UInt32])
    func `is a rollback journal on a network file system`(type: UInt32) {
        #expect(SQLiteJournal.suiting(fileSystemType: type) == .rollback)
    }

    @Test(arguments: [0xEF53, 0x0102_1994, 0x9123_683E, 0x5846_5342, 0x794C_7630, 0] as [UInt32])
    func `is a write-ahead log on a local one`(type: UInt32) {
        #expect(SQLiteJournal.suiting(fileSystemType: type) == .writeAheadLog)
    }

    @Test func `is what a new database uses`() throws {
        let folder = TemporaryFolder()
        let path = folder.path + "/test.db"
        try #require(SQLiteJournal.suiting(path: path) == .writeAheadLog)
        let connection = try SQLiteConnection(SQLiteLocation(path: path))
        #expect(try connection.rows("PRAGMA journal_mode")[0][0] == "wal")
        #expect(try connection.rows("PRAGMA wal_autocheckpoint")[0][0] == 0)
    }

    @Test func `is a rollback journal where it has to be, even if the file had a log before`() throws {
        let folder = TemporaryFolder()
        let location = SQLiteLocation(path: folder.path + "/test.db", busyLimit: .seconds(30))
        try SQLiteConnection(location).execute("CREATE TABLE counter (value BIGINT)")
        let database = SQLDatabase { () throws(SQLError) in try SQLiteConnection(location, journal: .rollback)
        }
        #expect(try database.borrow { try $0.rows("PRAGMA journal_mode")[0][0] } == "truncate")
        try database.write { try $0.execute("INSERT INTO counter VALUES (0)") }
        let failures = Atomic(0)
        let threads = try (0..<4).map { number in
            try WorkerThread(name: "writer \(number)") {
                for _ in 0..<20 {
                    do {
                        try database.write { try $0.execute("UPDATE counter SET value = value + 1") }
                        try database.read { _ = try $0.rows("SELECT value FROM counter") }
                    } catch {
                        failures.add(1, ordering: .relaxed)
                    }
                }
            }
        }
        threads.forEach { $0.join() }
        #expect(failures.load(ordering: .relaxed) == 0)
        #expect(try database.read { try $0.rows("SELECT value FROM counter")[0][0] } == 80)
        let lock = try #require(try FileLock(path: folder.path + "/lock", mode: .exclusive))
        try database.checkpoint(holding: lock)
    }
}
