import MartletCore
import MartletMeter
import MartletStore

/// Measures the books: what a request pays for them, and how fast sums are read from ten million rows.
@main
enum LedgerProbe {
    private static let usage = """
        usage: LedgerProbe calls FOLDER COUNT     reserves and settles COUNT times; prints microseconds
               LedgerProbe rows FOLDER COUNT      books COUNT requests of a year, reads sums, and calls again

        """

    static func main() throws {
        let arguments = Array(CommandLine.arguments.dropFirst())
        guard arguments.count == 3, let count = Int(arguments[2]), count > 0 else { return print(usage) }
        let books = try Books(folder: arguments[1])
        switch arguments[0] {
        case "calls": try calls(books, count)
        case "rows": try rows(books, count)
        default: print(usage)
        }
    }

    /// A database with one key, and its ledger.
    private struct Books {
        let store: Store
        let ledger: QuotaLedger
        let account: AccountID
        let key: KeyID

        init(folder: String) throws {
            let store = Store(path: folder + "/books.db")
            let made = try store.write { tables throws(StoreError) -> (AccountID, KeyID)? in
                var row = AccountTable.Row(username: "ada")
                row.balance = Credits(nano: 1 << 60)
                if let known = try tables.accounts.row(named: "ada") {
                    return (known.id, try tables.keys.rows(of: known.id).rows[0].id)
                }
                guard let account = try tables.accounts.add(row) else { return nil }
                var key = ApiKeyTable.Row(account: account)
                (key.isUnlimited, key.balance) = (false, Credits(nano: 1 << 60))
                return try tables.keys.add(key, hash: "h").map { (account, $0) }
            }
            self.store = store
            (account, key) = made ?? (.none, .none)
            ledger = QuotaLedger(
                store: store,
                presence: ProcessPresence(folder: folder),
                now: { LedgerProbe.now }
            )
        }
    }

    private static let now = 1_790_000_000_000

    private static func calls(_ books: Books, _ count: Int) throws {
        var taken: [Duration] = []
        taken.reserveCapacity(count)
        let clock = ContinuousClock()
        for number in 0..<count {
            let start = clock.now
            let outcome = try books.ledger.reserve(
                ReservationWish(
                    account: books.account,
                    key: books.key,
                    least: Credits(nano: 10),
                    most: Credits(nano: 1_000),
                    subject: LedgerTable.Subject(
                        request: identifier(number),
                        model: "gpt-4o-mini",
                        channel: "openai",
                        endpoint: "chat/completions"
                    )
                )
            )
            if case .reserved(let reservation) = outcome {
                try books.ledger.settle(reservation, row(books, number, time: now))
            }
            taken.append(clock.now - start)
            // As the housekeeper does every second under load, on a thread of its own.
            if number % 1_000 == 999 {
                try books.store.gatherUsage()
                _ = try books.store.housekeep(now: now / 1_000)
            }
        }
        taken.sort()
        func microseconds(_ share: Double) -> Double {
            taken[Int(Double(taken.count - 1) * share)] / .microseconds(1)
        }
        print("calls: median \(microseconds(0.5)) µs, p99 \(microseconds(0.99)) µs")
    }

    private static func row(_ books: Books, _ number: Int, time: Int) -> UsageTable.Row {
        var row = UsageTable.Row()
        (row.request, row.time, row.account, row.key) = (
            identifier(number), time, books.account, books.key
        )
        (row.channel, row.channelKey, row.model) = (
            "channel-\(number % 5)", "k\(number % 7)", "model-\(number % 20)"
        )
        (row.upstreamModel, row.endpoint, row.address) = (
            row.model, "chat/completions", "192.0.2.\(number % 250)"
        )
        (row.usage, row.cost) = (TokenUsage(input: 1_000, output: 200), Credits(nano: 123_000))
        (row.firstByte, row.duration, row.attempts) = (300, 2_000, 1)
        return row
    }

    private static func rows(_ books: Books, _ count: Int) throws {
        let gap = 365 * 86_400_000 / count
        var number = 0
        while number < count {
            try books.store.write { tables throws(StoreError) in
                let end = min(number + 10_000, count)
                try tables.usage.add(
                    (number..<end).map { row(books, $0, time: moment(now - (count - $0) * gap)) }
                )
                number = end
            }
            _ = try books.store.housekeep(now: now / 1_000)
        }
        let day = now / 1_000 - now / 1_000 % 86_400
        try read("a year by day and model", books, .day, from: day - 365 * 86_400, [.model])
        try read("a month by hour", books, .hour, from: day - 30 * 86_400, [])
        try read(
            "a month by day, key, channel and model",
            books,
            .day,
            from: day - 30 * 86_400,
            [.key, .channel, .model]
        )
        try read("a day by minute", books, .minute, from: day - 86_400, [])
        let clock = ContinuousClock()
        let start = clock.now
        var newest = UsageTable.Selection()
        (newest.account, newest.limit) = (books.account, 100)
        let wanted = newest
        let page = try books.store.read { tables throws(StoreError) in try tables.usage.rows(wanted).count }
        print(
            "sums: the newest hundred requests of an account: \((clock.now - start) / .milliseconds(1)) ms, \(page) rows"
        )
        try calls(books, 5_000)
    }

    /// The time of a request.
    ///
    /// The minutes of all but the last two days would be deleted again; a minute for each hour does for them, and takes a
    /// tenth of the time to write.
    private static func moment(_ time: Int) -> Int {
        time > now - 2 * 86_400_000 ? time : time - time % 3_600_000
    }

    /// Ids are in the order of time, as `RequestID` makes them.
    private static func identifier(_ number: Int) -> String {
        let digits = String(number)
        return "req_" + String(repeating: "0", count: 10 - digits.utf8.count) + digits + "QZ0aK3"
    }

    private static func read(
        _ what: String,
        _ books: Books,
        _ grain: RollupTable.Grain,
        from: Int,
        _ dimensions: Set<RollupTable.Dimension>
    ) throws {
        var selection = RollupTable.Selection(grain, from: from, to: now / 1_000 + 1)
        selection.dimensions = dimensions
        let wanted = selection
        let clock = ContinuousClock()
        let start = clock.now
        let sums = try books.store.read { tables throws(StoreError) in try tables.rollups.sums(wanted).count }
        print("sums: \(what): \((clock.now - start) / .milliseconds(1)) ms, \(sums) rows")
    }
}
