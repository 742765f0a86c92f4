import MartletTesting
import SQL
import Synchronization
import Testing
import Threading

@Suite struct `An SQL database` {
    private let folder = TemporaryFolder()
    private var location: SQLiteLocation {
        SQLiteLocation(path: folder.path + "/test.db", busyLimit: .seconds(30))
    }

    @Test func `serves writers one after the other, without an error and without losing a write`() throws {
        let database = SQLDatabase(location)
        try database.write { try $0.execute("CREATE TABLE counter (value BIGINT)") }
        try database.write { try $0.execute("INSERT INTO counter VALUES (0)") }
        let failures = Atomic(0)
        let threads = try (0..<4).map { number in
            try WorkerThread(name: "writer \(number)") {
                for _ in 0..<100 {
                    do {
                        try database.write { connection in
                            let value = try connection.rows("SELECT value FROM counter")[0].integer(0)
                            try connection.execute("UPDATE counter SET value = $1", .integer(value + 1))
                        }
                    } catch {
                        failures.add(1, ordering: .relaxed)
                    }
                }
            }
        }
        threads.forEach { $0.join() }
        #expect(failures.load(ordering: .relaxed) == 0)
        #expect(try database.read { try $0.rows("SELECT value FROM counter")[0].integer(0) } == 400)
    }

    @Test func `lets readers see one moment while a writer goes on`() throws {
        let database = SQLDatabase(location)
        try database.write { try $0.execute("CREATE TABLE item (value)") }
        func count(_ connection: any SQLConnection) throws -> Int {
            try connection.rows("SELECT * FROM item").count
        }
        try database.read { reader in
            #expect(try count(reader) == 0)
            try database.write { writer in
                try writer.execute("INSERT INTO item VALUES (1)")
                #expect(try count(reader) == 0)
            }
            #expect(try count(reader) == 0)
        }
        #expect(try database.read(count) == 1)
    }

    @Test func `keeps a connection after an error of the caller`() throws {
        struct Refused: Error {}
        let opened = Mutex(0)
        let location = location
        let database = SQLDatabase { () throws(SQLError) in
            opened.withLock { $0 += 1 }
            return try SQLiteConnection(location)
        }
        for _ in 0..<3 {
            #expect(throws: Refused.self) { try database.write { _ in throw Refused() } }
        }
        #expect(opened.withLock { $0 } == 1)
        for _ in 0..<2 {
            #expect(throws: SQLError.self) { try database.borrow { try $0.execute("nonsense") } }
        }
        #expect(opened.withLock { $0 } == 2)
    }

    @Test func `moves the log into the file at a checkpoint, and begins the log anew`() throws {
        let database = SQLDatabase(location)
        try database.write { try $0.execute("CREATE TABLE item (value)") }
        let lock = try #require(try FileLock(path: folder.path + "/lock", mode: .exclusive))
        func frames() throws -> [SQLValue] {
            try database.borrow { try $0.rows("PRAGMA wal_checkpoint(PASSIVE)")[0].values }
        }
        let value = SQLValue.blob([UInt8](repeating: 1, count: 3_000))
        for _ in 0..<50 { try database.write { try $0.execute("INSERT INTO item VALUES ($1)", value) } }
        try database.checkpoint(holding: lock)
        try database.write { try $0.execute("INSERT INTO item VALUES (1)") }
        // Busy, frames in the log, frames copied: only the last write is in it.
        let state = try frames()
        #expect(state[0] == 0)
        guard case .integer(let logged) = state[1] else { return }
        #expect(logged < 10)
        #expect(try database.read { try $0.rows("SELECT * FROM item").count } == 51)
    }

    @Test func `is opened by many at once`() throws {
        let failures = Atomic(0)
        let location = location
        let threads = try (0..<4).map { number in
            try WorkerThread(name: "opener \(number)") {
                for _ in 0..<10 {
                    do {
                        try SQLDatabase(location).write { _ = try $0.rows("SELECT 1") }
                    } catch {
                        failures.add(1, ordering: .relaxed)
                    }
                }
            }
        }
        threads.forEach { $0.join() }
        #expect(failures.load(ordering: .relaxed) == 0)
    }
}
