import MartletCore
import MartletStore
import MartletTesting
import SQL
import Testing

@Suite("Rows of usage")
struct UsageTableTests {
    private let folder = TemporaryFolder()
    private static let start = 1_790_000_000_000

    /// Three hundred requests, a second apart, of nobody and of two accounts in turns.
    private func filled() throws -> Store {
        let store = Store(path: folder.path + "/usage.db")
        let rows = (0..<300).map { number in
            var row = UsageTable.Row()
            (row.request, row.time) = ("req_\(number)", Self.start + number * 1_000)
            (row.account, row.key) = (AccountID(Int64(number % 3)), KeyID(Int64(number % 3) * 10))
            (row.model, row.channel, row.channelKey) = (
                number % 2 == 0 ? "even" : "odd", "c\(number % 5)", "k\(number % 4)"
            )
            (row.usage, row.cost) = (TokenUsage(input: 10, output: 1), Credits(nano: 5))
            row.firstByte = number % 5 == 0 ? nil : number
            return row
        }
        try store.write { tables throws(StoreError) in
            for row in rows[..<150] { try tables.usage.note(row) }
        }
        try store.gatherUsage()
        try store.write { tables throws(StoreError) in try tables.usage.add(Array(rows[150...])) }
        return store
    }

    private func find(
        _ store: Store,
        _ change: (inout UsageTable.Selection) -> Void
    ) throws -> (rows: [UsageTable.Row], count: Int) {
        var selection = UsageTable.Selection()
        change(&selection)
        let wanted = selection
        return try store.read { tables throws(StoreError) in
            (try tables.usage.rows(wanted), try tables.usage.count(wanted))
        }
    }

    @Test func `one housekeeper at a time brings rows to where they are looked up`() throws {
        let path = folder.path + "/gathered.db"
        let store = Store(path: path)
        #expect(try !store.gatherUsageUnlessBusy(now: Self.start, age: 0), "nobody has made the database")
        var row = UsageTable.Row()
        (row.request, row.time, row.account, row.key) = ("req_1", Self.start, AccountID(1), KeyID(1))
        let noted = row
        try store.write { tables throws(StoreError) in try tables.usage.note(noted) }
        func asAnotherDoes() throws {
            let lock = try #require(try FileLock(path: path + ".lock", mode: .exclusive))
            #expect(try !store.gatherUsageUnlessBusy(now: Self.start, age: 0), "another is at it")
            #expect(try find(store) { _ in }.count == 0)
            withExtendedLifetime(lock) {}
        }
        try asAnotherDoes()
        #expect(
            try store.gatherUsageUnlessBusy(now: Self.start, age: 0)
                && store.gatherUsageUnlessBusy(now: Self.start, age: 0)
        )
        #expect(try find(store) { _ in }.count == 1)
    }

    @Test func `housekeepers leave rows alone that have just come`() throws {
        let store = Store(path: folder.path + "/young.db")
        var row = UsageTable.Row()
        (row.request, row.time) = ("req_1", Self.start)
        let noted = row
        try store.write { tables throws(StoreError) in try tables.usage.note(noted) }
        #expect(try store.gatherUsageUnlessBusy(now: Self.start + 399, age: 400))
        #expect(try find(store) { _ in }.count == 0)
        #expect(try store.gatherUsageUnlessBusy(now: Self.start - 400, age: 400), "a clock that was set back")
        #expect(try find(store) { _ in }.count == 1)
    }

    @Test func `rows are found by account, key, model and request`() throws {
        let store = try filled()
        let own = try find(store) { $0.account = AccountID(2) }
        #expect(
            own.count == 100 && own.rows.count == 100 && own.rows.allSatisfy { $0.account == AccountID(2) }
        )
        #expect(own.rows.map(\.id) == own.rows.map(\.id).sorted(by: >))
        #expect(try find(store) { ($0.account, $0.model) = (AccountID(2), "odd") }.count == 50)
        #expect(try find(store) { $0.key = KeyID(10) }.count == 100)
        #expect(try find(store) { $0.key = KeyID.none }.count == 100)
        #expect(try find(store) { _ in }.count == 300)
        let one = try store.read { tables throws(StoreError) in
            (
                try tables.usage.row(of: "req_5", account: AccountID(2)),
                try tables.usage.row(of: "req_5", account: AccountID(1)),
                try tables.usage.row(of: "req_3", account: .none)
            )
        }
        #expect(one.0?.request == "req_5" && one.0?.firstByte == nil && one.1 == nil && one.2 == nil)
        #expect(one.0?.usage == TokenUsage(input: 10, output: 1) && one.0?.cost == Credits(nano: 5))
    }

    @Test func `times and pages cut where they should`() throws {
        let store = try filled()
        let hundred = try find(store) { selection in
            (selection.from, selection.to) = (Self.start + 100_000, Self.start + 200_000)
            selection.limit = 1_000
        }
        #expect(hundred.count == 100 && Set(hundred.rows.map(\.time)).count == 100)
        #expect(hundred.rows.allSatisfy { $0.time >= Self.start + 100_000 && $0.time < Self.start + 200_000 })
        #expect(try find(store) { $0.from = Self.start + 300_000 }.count == 0)
        let first = try find(store) { ($0.account, $0.limit) = (AccountID(1), 30) }.rows
        let second = try find(store) { selection in
            (selection.account, selection.limit) = (AccountID(1), 30)
            selection.before = first[29].id
        }.rows
        #expect(Set(first.map(\.id)).isDisjoint(with: second.map(\.id)) && second[0].id < first[29].id)
        #expect(try find(store) { ($0.account, $0.offset, $0.limit) = (AccountID(1), 30, 30) }.rows == second)
    }

    @Test func `sums are those of the rows, whichever way they came`() throws {
        let store = try filled()
        for grain in RollupTable.Grain.allCases {
            var selection = RollupTable.Selection(grain, from: 0, to: .max)
            (selection.isByPeriod, selection.dimensions) = (false, [.account])
            let wanted = selection
            let sums = try store.read { tables throws(StoreError) in try tables.rollups.sums(wanted) }
            #expect(sums.map(\.requests) == [100, 100, 100] && sums.map(\.cost.nano) == [500, 500, 500])
            #expect(sums.map(\.input) == [1_000, 1_000, 1_000])
        }
    }

    @Test func `sums are those of the rows, whatever tells them apart`() throws {
        let store = try filled()
        let rows = try find(store) { $0.limit = 1_000 }.rows
        let dimensions = RollupTable.Dimension.allCases
        let filters: [(AccountID?, KeyID?)] = [
            (nil, nil), (AccountID(2), nil), (nil, KeyID(10)), (AccountID(1), KeyID(10)),
        ]
        for (account, key) in filters {
            for set in 0..<(1 << dimensions.count) {
                var selection = RollupTable.Selection(.hour, from: 0, to: .max)
                (selection.account, selection.key) = (account, key)
                selection.dimensions = Set(
                    dimensions.enumerated().filter { set >> $0.offset & 1 == 1 }.map(\.element)
                )
                let wanted = selection
                func place(
                    _ period: Int,
                    _ account: AccountID,
                    _ key: KeyID,
                    _ words: (String, String, String)
                ) -> String {
                    let told = wanted.dimensions
                    return [
                        String(period), told.contains(.account) ? String(account.value) : "",
                        told.contains(.key) ? String(key.value) : "", told.contains(.channel) ? words.0 : "",
                        told.contains(.channelKey) ? words.1 : "", told.contains(.model) ? words.2 : "",
                    ].joined(separator: "|")
                }
                var expected: [String: [Int]] = [:]
                for row in rows where (account ?? row.account) == row.account && (key ?? row.key) == row.key {
                    let hour = row.time / 3_600_000 * 3_600
                    let numbers = [
                        row.isFailure ? 0 : 1, row.usage.input.value, row.usage.output.value,
                        Int(row.cost.nano),
                    ]
                    let place = place(hour, row.account, row.key, (row.channel, row.channelKey, row.model))
                    expected[place] = zip(expected[place] ?? [0, 0, 0, 0], numbers).map(+)
                }
                let sums = try store.read { tables throws(StoreError) in try tables.rollups.sums(wanted) }
                let found = sums.map { sum in
                    (
                        place(sum.period, sum.account, sum.key, (sum.channel, sum.channelKey, sum.model)),
                        [sum.requests, sum.input, sum.output, Int(sum.cost.nano)]
                    )
                }
                #expect(
                    Dictionary(uniqueKeysWithValues: found) == expected,
                    "\(filters) \(wanted.dimensions)"
                )
            }
        }
    }

    @Test func `old rows go, sums of days stay`() throws {
        let store = try filled()
        _ = try store.housekeep(now: Self.start / 1_000, keepingUsageSince: Self.start + 250_000)
        #expect(try find(store) { _ in }.count == 50)
    }
}
