import MartletTesting
import SQL
import Testing

@Suite struct `A SQLite connection` {
    private let folder = TemporaryFolder()

    private func open(busyLimit: Duration = .seconds(10)) throws -> SQLiteConnection {
        try SQLiteConnection(SQLiteLocation(path: folder.path + "/test.db", busyLimit: busyLimit))
    }

    @Test(arguments: [
        SQLValue.null, .integer(0), .integer(.min), .integer(.max), .real(-0.5), .real(.infinity),
        .real(.leastNonzeroMagnitude), .text(""), .text("naïve 🦜"), .text("a\0b"),
        .text("'; DROP TABLE item; --"),
        .blob([]), .blob([0]), .blob((0...255).map { UInt8($0) } + [UInt8](repeating: 7, count: 100_000)),
    ])
    func `gives back a value as it was stored`(value: SQLValue) throws {
        let connection = try open()
        try connection.execute("CREATE TABLE item (value)")
        #expect(try connection.execute("INSERT INTO item VALUES ($1)", value) == 1)
        #expect(try connection.rows("SELECT value FROM item").map(\.values) == [[value]])
    }

    @Test func `stores a number that is none as null`() throws {
        #expect(try open().rows("SELECT $1", .real(.nan)).map(\.values) == [[.null]])
    }

    @Test func `repairs text that is not UTF-8`() throws {
        let rows = try open().rows("SELECT CAST(x'61ff62' AS TEXT)")
        #expect(try rows.map { try $0.text(0) } == ["a\u{FFFD}b"])
    }

    @Test func `matches parameters by number in any order`() throws {
        let rows = try open().rows("SELECT $2, $1, $2", 1, "two")
        #expect(rows.map(\.values) == [["two", 1, "two"]])
    }

    @Test func `names the column that holds another type`() throws {
        let row = try #require(try open().rows("SELECT 1, 'text', 0.5, x'00'").first)
        #expect(try row.integer(0) == 1)
        #expect(try row.text(1) == "text")
        #expect(try row.real(2) == 0.5)
        #expect(try row.blob(3) == [0])
        #expect(throws: SQLError.unexpectedType(column: 1)) { try row.integer(1) }
        #expect(throws: SQLError.unexpectedType(column: 0)) { try row.text(0) }
    }

    @Test func `counts changed rows of the statement only`() throws {
        let connection = try open()
        #expect(try connection.execute("CREATE TABLE item (value)") == 0)
        #expect(try connection.execute("INSERT INTO item VALUES (1), (2), (3)") == 3)
        #expect(try connection.execute("UPDATE item SET value = 0 WHERE value > 1") == 2)
        #expect(try connection.execute("CREATE TABLE other (value)") == 0)
        #expect(try connection.execute("DELETE FROM item WHERE value = 9") == 0)
    }

    @Test func `returns what an upsert returns`() throws {
        let connection = try open()
        try connection.execute("CREATE TABLE item (name TEXT PRIMARY KEY, count BIGINT)")
        var counts: [Int64] = []
        for _ in 0..<3 {
            let rows = try connection.rows(
                """
                INSERT INTO item VALUES ($1, 1)
                ON CONFLICT (name) DO UPDATE SET count = count + $2 RETURNING count
                """,
                "a",
                10
            )
            counts += try rows.map { try $0.integer(0) }
        }
        #expect(counts == [1, 11, 21])
    }

    @Test func `goes on with its prepared statements after the schema changed`() throws {
        let connection = try open()
        let other = try open()
        try connection.execute("CREATE TABLE item (value)")
        try connection.execute("INSERT INTO item VALUES (1)")
        func all() throws -> [[SQLValue]] { try connection.rows("SELECT * FROM item").map(\.values) }
        #expect(try all() == [[1]])
        try other.execute("ALTER TABLE item ADD COLUMN more DEFAULT 2")
        #expect(try all() == [[1, 2]])
        try other.execute("DROP TABLE item")
        #expect(throws: SQLError.self) { try all() }
        try other.execute("CREATE TABLE item (value)")
        #expect(try all() == [])
    }

    @Test func `changes nothing when a transaction throws`() throws {
        struct Stop: Error {}
        let connection = try open()
        try connection.execute("CREATE TABLE item (value)")
        #expect(throws: Stop.self) {
            try connection.transaction(.writing) {
                try connection.execute("INSERT INTO item VALUES (1)")
                throw Stop()
            }
        }
        #expect(try connection.rows("SELECT * FROM item").isEmpty)
        try connection.transaction(.writing) { _ = try connection.execute("INSERT INTO item VALUES (2)") }
        #expect(try connection.rows("SELECT * FROM item").count == 1)
    }
}
