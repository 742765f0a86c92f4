import MartletTesting
import SQL
import Synchronization
import Testing
import Threading

@Suite struct `A migrator` {
    private let folder = TemporaryFolder()
    private let first = SQLMigrator.Step(
        "0001",
        ["CREATE TABLE item (value)", "INSERT INTO item VALUES (1)"]
    )
    private let second = SQLMigrator.Step("0002", ["ALTER TABLE item ADD COLUMN more DEFAULT 2"])
    private let broken = SQLMigrator.Step("0003", ["INSERT INTO item VALUES (7, 7)", "nonsense"])

    private func database() -> SQLDatabase {
        SQLDatabase(SQLiteLocation(path: folder.path + "/test.db", busyLimit: .seconds(30)))
    }

    private func items(_ database: SQLDatabase) throws -> [[SQLValue]] {
        try database.read { try $0.rows("SELECT * FROM item").map(\.values) }
    }

    @Test func `applies each step once`() throws {
        let database = database()
        try SQLMigrator([first]).migrate(database)
        try SQLMigrator([first]).migrate(database)
        #expect(try items(database) == [[1]])
        try SQLMigrator([first, second]).migrate(database)
        #expect(try items(database) == [[1, 2]])
    }

    @Test func `applies each step once when four threads race`() throws {
        let failures = Atomic(0)
        let databases = (0..<4).map { _ in database() }
        let migrator = SQLMigrator([first, second])
        let threads = try databases.map { database in
            try WorkerThread(name: "migrator") {
                do {
                    try migrator.migrate(database)
                } catch {
                    failures.add(1, ordering: .relaxed)
                }
            }
        }
        threads.forEach { $0.join() }
        #expect(failures.load(ordering: .relaxed) == 0)
        #expect(try items(databases[0]) == [[1, 2]])
    }

    @Test func `applies nothing when one of the steps fails`() throws {
        let database = database()
        try SQLMigrator([first]).migrate(database)
        #expect(throws: SQLError.self) { try SQLMigrator([first, second, broken]).migrate(database) }
        #expect(try items(database) == [[1]])
    }

    @Test func `refuses a database that a newer program has changed`() throws {
        let database = database()
        try SQLMigrator([first, second]).migrate(database)
        #expect(throws: SQLError.newerSchema(step: "0002")) { try SQLMigrator([first]).migrate(database) }
    }
}
