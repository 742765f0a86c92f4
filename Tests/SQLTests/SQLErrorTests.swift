import Glibc
import MartletTesting
import SQL
import Testing

@Suite struct `An SQL error` {
    private let folder = TemporaryFolder()

    private func open(_ name: String = "test.db") throws(SQLError) -> SQLiteConnection {
        try SQLiteConnection(SQLiteLocation(path: folder.path + "/" + name, busyLimit: .milliseconds(20)))
    }

    private func error(_ body: () throws -> Void) -> SQLError? {
        do {
            try body()
            return nil
        } catch {
            return error as? SQLError
        }
    }

    @Test func `tells kinds of constraint apart by their extended code`() throws {
        let connection = try open()
        try connection.execute("CREATE TABLE parent (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE)")
        try connection.execute("CREATE TABLE child (parent BIGINT REFERENCES parent (id))")
        try connection.execute("INSERT INTO parent VALUES (1, 'a')")
        let codes = [
            error { try connection.execute("INSERT INTO parent VALUES (2, 'a')") },
            error { try connection.execute("INSERT INTO parent VALUES (1, 'b')") },
            error { try connection.execute("INSERT INTO parent VALUES (3, NULL)") },
            error { try connection.execute("INSERT INTO child VALUES (9)") },
        ].map { error -> CInt? in
            guard case .constraint(let fault) = error else { return nil }
            return fault.code
        }
        #expect(codes == [2067, 1555, 1299, 787])
    }

    @Test func `is busy when another connection keeps the lock for too long`() throws {
        let holder = try open()
        let waiter = try open()
        try holder.transaction(.writing) {
            guard case .busy = error({ try waiter.transaction(.writing) {} }) else {
                Issue.record("the lock was given twice")
                return
            }
        }
        try waiter.transaction(.writing) {}
    }

    @Test func `is readOnly when writing is forbidden`() throws {
        let connection = try open()
        try connection.execute("CREATE TABLE item (value)")
        _ = try connection.rows("PRAGMA query_only = ON")
        guard case .readOnly = error({ try connection.execute("INSERT INTO item VALUES (1)") }) else {
            Issue.record("written in spite of everything")
            return
        }
    }

    @Test func `is full at the size limit, and the connection works on`() throws {
        let connection = try open()
        try connection.execute("CREATE TABLE item (value)")
        _ = try connection.rows("PRAGMA max_page_count = 4")
        let large = SQLValue.blob([UInt8](repeating: 0, count: 50_000))
        let failure = error {
            try connection.transaction(.writing) {
                try connection.execute("INSERT INTO item VALUES ($1)", "small")
                try connection.execute("INSERT INTO item VALUES ($1)", large)
            }
        }
        guard case .full = failure else {
            Issue.record("\(String(describing: failure))")
            return
        }
        #expect(try connection.rows("SELECT * FROM item").isEmpty)
        try connection.execute("INSERT INTO item VALUES ($1)", "small")
    }

    @Test func `is corrupt when the file is no database`() {
        folder.write(String(repeating: "no database at all. ", count: 500), to: "garbage.db")
        guard case .corrupt(let fault) = error({ _ = try open("garbage.db") }) else {
            Issue.record("opened garbage")
            return
        }
        #expect(fault.code == 26)
    }

    @Test func `is cannotOpen when there is no such folder`() {
        guard case .cannotOpen = error({ _ = try open("missing/test.db") }) else {
            Issue.record("opened nothing")
            return
        }
        guard
            case .cannotOpen = error({ _ = try FileLock(path: folder.path + "/missing/lock", mode: .shared) })
        else {
            Issue.record("locked nothing")
            return
        }
    }

    @Test func `is other for a mistake in the SQL, with its words`() throws {
        let connection = try open()
        guard case .other(let fault) = error({ try connection.execute("SELEC 1") }) else {
            Issue.record("no error")
            return
        }
        #expect(fault.code == 1)
        #expect(fault.message.contains("SELEC"))
    }
}
