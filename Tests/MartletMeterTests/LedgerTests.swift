import Foundation
import MartletCore
import MartletStore
import MartletTesting
import Synchronization
import Testing

@testable import MartletMeter

@Suite("The ledger")
struct LedgerTests {
    private let folder = TemporaryFolder()
    private static let noon = 1_790_000_000_000

    /// A book with one account and one key; each `ledger` is another process's.
    private final class Book: Sendable {
        let path: String
        let store: Store
        let account: AccountID
        let key: KeyID

        init(
            _ path: String,
            account money: Credits?,
            key keyMoney: Credits?,
            _ change: (inout ApiKeyTable.Row) -> Void = { _ in }
        ) throws {
            self.path = path
            let store = Store(path: path + "/a.db")
            self.store = store
            var row = AccountTable.Row(username: "ada")
            (row.isUnlimited, row.balance) = (money == nil, money ?? .zero)
            let made = row
            let id = try store.write { tables throws(StoreError) in try tables.accounts.add(made) }
            account = try #require(id)
            var key = ApiKeyTable.Row(account: account)
            (key.isUnlimited, key.balance) = (keyMoney == nil, keyMoney ?? .zero)
            change(&key)
            let wanted = key
            let keyID = try store.write { tables throws(StoreError) in try tables.keys.add(wanted, hash: "h")
            }
            self.key = try #require(keyID)
        }

        func ledger(_ presence: ProcessPresence? = nil, at time: Int = LedgerTests.noon) -> QuotaLedger {
            QuotaLedger(
                store: Store(path: path + "/a.db"),
                presence: presence ?? ProcessPresence(folder: path),
                now: { time }
            )
        }

        func wish(_ least: Int64, _ most: Int64? = nil) -> ReservationWish {
            ReservationWish(
                account: account,
                key: key,
                least: Credits(nano: least),
                most: Credits(nano: most ?? least),
                subject: LedgerTable.Subject(request: "r", model: "m", channel: "c", endpoint: "e")
            )
        }

        func row(
            _ cost: Int64,
            outcome: String = "completed",
            at time: Int = LedgerTests.noon
        ) -> UsageTable.Row {
            var row = UsageTable.Row()
            (row.account, row.key, row.time, row.cost) = (account, key, time, Credits(nano: cost))
            (row.request, row.model, row.outcome) = ("r", "m", outcome)
            return row
        }

        var money: [Int64] {
            get throws {
                try store.read { tables throws(StoreError) in
                    let (account, key) = (try tables.accounts.row(account), try tables.keys.row(key))
                    return [
                        account?.balance, account?.used, account?.reserved, key?.balance, key?.used,
                        key?.reserved,
                    ].map { $0?.nano ?? -1 }
                }
            }
        }
    }

    private func reservation(_ outcome: ReservationOutcome) -> Reservation? {
        if case .reserved(let reservation) = outcome { reservation } else { nil }
    }

    @Test func `money is set aside, booked once, and the rest given back`() throws {
        let book = try Book(folder.path, account: Credits(nano: 1_000), key: Credits(nano: 300))
        let ledger = book.ledger()
        let reserved = try #require(reservation(try ledger.reserve(book.wish(10, 100))))
        #expect(reserved.amount == Credits(nano: 100))
        #expect(try book.money == [1_000, 0, 100, 300, 0, 100])
        #expect(try ledger.settle(reserved, book.row(40)))
        #expect(try book.money == [960, 40, 0, 260, 40, 0])
        #expect(try ledger.settle(reserved, book.row(40)) == false, "twice is harmless")
        #expect(try book.money == [960, 40, 0, 260, 40, 0])
    }

    @Test func `no more is set aside than is left, and an overrun goes negative once`() throws {
        let book = try Book(folder.path, account: nil, key: Credits(nano: 50))
        let ledger = book.ledger()
        let reserved = try #require(reservation(try ledger.reserve(book.wish(10, 100))))
        #expect(reserved.amount == Credits(nano: 50))
        #expect(try ledger.reserve(book.wish(1)) == .refused(.keyIsEmpty(left: .zero)))
        #expect(reservation(try ledger.reserve(book.wish(0))) != nil, "what costs nothing needs nothing")
        try ledger.settle(reserved, book.row(80))
        #expect(try book.money[3...] == [-30, 80, 0])
        #expect(try ledger.reserve(book.wish(1)) == .refused(.keyIsEmpty(left: Credits(nano: -30))))
    }

    @Test func `budgets and running requests are counted`() throws {
        let book = try Book(folder.path, account: nil, key: nil) { row in
            (row.limits.concurrent, row.limits.dailyBudget) = (2, Credits(nano: 100))
        }
        let ledger = book.ledger()
        let first = try #require(reservation(try ledger.reserve(book.wish(60))))
        #expect(try ledger.reserve(book.wish(60)) == .refused(.dayIsOver(budget: Credits(nano: 100))))
        let second = try #require(reservation(try ledger.reserve(book.wish(40))))
        #expect(try ledger.reserve(book.wish(0)) == .refused(.tooManyAtOnce(limit: 2)))
        try ledger.settle(first, book.row(60))
        try ledger.settle(second, book.row(0, outcome: "upstream_error"))
        #expect(reservation(try ledger.reserve(book.wish(40))) != nil)
        #expect(try ledger.reserve(book.wish(1)) == .refused(.dayIsOver(budget: Credits(nano: 100))))
    }

    @Test func `a budget begins anew with its day and its month`() throws {
        let book = try Book(folder.path, account: nil, key: nil) { row in
            (row.limits.dailyBudget, row.limits.monthlyBudget) = (Credits(nano: 100), Credits(nano: 150))
        }
        func spend(_ amount: Int64, at time: String) throws -> ReservationOutcome {
            let time = try #require(CivilTime.seconds(time)) * 1_000
            let ledger = book.ledger(at: time)
            let outcome = try ledger.reserve(book.wish(amount))
            if let reserved = reservation(outcome) { try ledger.settle(reserved, book.row(amount, at: time)) }
            return outcome
        }
        let (day, month) = (Credits(nano: 100), Credits(nano: 150))
        #expect(reservation(try spend(90, at: "2026-10-30T23:59:59Z")) != nil)
        #expect(try spend(11, at: "2026-10-30T23:59:59Z") == .refused(.dayIsOver(budget: day)))
        #expect(reservation(try spend(60, at: "2026-10-31T00:00:00Z")) != nil)
        #expect(try spend(1, at: "2026-10-31T23:59:59Z") == .refused(.monthIsOver(budget: month)))
        #expect(reservation(try spend(100, at: "2026-11-01T00:00:00Z")) != nil)
        #expect(try spend(1, at: "2026-11-01T00:00:01Z") == .refused(.dayIsOver(budget: day)))
    }

    @Test func `what a process left open yesterday is not of today`() throws {
        let book = try Book(folder.path, account: nil, key: nil) { row in
            row.limits.dailyBudget = Credits(nano: 100)
        }
        var presence: ProcessPresence? = ProcessPresence(folder: folder.path)
        _ = try #require(reservation(try book.ledger(presence).reserve(book.wish(70))))
        presence = nil
        let tomorrow = Self.noon + 86_400_000
        let ledger = book.ledger(at: tomorrow)
        let own = try #require(reservation(try ledger.reserve(book.wish(20))))
        try ledger.settle(own, book.row(20, at: tomorrow))
        #expect(try ledger.recover() == 1)
        #expect(reservation(try ledger.reserve(book.wish(80))) != nil)
        #expect(try ledger.reserve(book.wish(1)) == .refused(.dayIsOver(budget: Credits(nano: 100))))
    }

    @Test func `what a process left open is charged by another, and only then`() throws {
        let book = try Book(folder.path, account: Credits(nano: 1_000), key: nil)
        var presence: ProcessPresence? = ProcessPresence(folder: folder.path)
        let reserved = try book.ledger(presence).reserve(book.wish(100))
        let other = book.ledger()
        #expect(try other.recover() == 0)
        presence = nil
        #expect(try other.recover() == 1 && other.recover() == 0)
        #expect(try book.money[..<3] == [900, 100, 0])
        #expect(try other.settle(reservation(reserved), book.row(5)) == false)
        try book.store.gatherUsage()
        let rows = try book.store.read { tables throws(StoreError) in
            try tables.usage.rows(UsageTable.Selection())
        }
        #expect(rows.map(\.outcome) == ["crashed"] && rows.map(\.cost.nano) == [100])
    }

    @Test func `a hundred at once with money for ten: ten`() throws {
        let book = try Book(folder.path, account: Credits(nano: 10_000), key: Credits(nano: 1_000))
        let ledgers = (0..<4).map { _ in book.ledger() }
        let admitted = Mutex<[Reservation]>([])
        DispatchQueue.concurrentPerform(iterations: 100) { number in
            guard let outcome = try? ledgers[number % 4].reserve(book.wish(100)),
                case .reserved(let reservation) = outcome
            else { return }
            admitted.withLock { $0.append(reservation) }
        }
        let reservations = admitted.withLock { $0 }
        #expect(reservations.count == 10)
        DispatchQueue.concurrentPerform(iterations: 10) { number in
            _ = try? ledgers[number % 4].settle(reservations[number], book.row(100))
        }
        #expect(try book.money == [9_000, 1_000, 0, 0, 1_000, 0])
    }

    @Test(arguments: 0..<8) func `the books balance whatever happens`(seed: Int) throws {
        let book = try Book(folder.path, account: Credits(nano: 50_000), key: Credits(nano: 30_000))
        let presences = Mutex((0..<3).map { _ in ProcessPresence(folder: folder.path) })
        let (path, key, account) = (folder.path, book.key, book.account)
        DispatchQueue.concurrentPerform(iterations: 4) { thread in
            var random = SplitMix(state: UInt64(seed * 100 + thread))
            for _ in 0..<60 {
                let presence = presences.withLock { $0[Int(random.next() % 3)] }
                let ledger = book.ledger(presence)
                let most = Int64(random.next() % 900)
                guard let outcome = try? ledger.reserve(book.wish(Int64(random.next() % 50), most)),
                    case .reserved(let reservation) = outcome
                else { continue }
                switch random.next() % 10 {
                case 0: continue  // the process will die with it
                case 1: _ = try? ledger.settle(reservation, book.row(0, outcome: "upstream_error"))
                default:
                    _ = try? ledger.settle(reservation, book.row(Int64(random.next() % UInt64(most + 100))))
                }
                if random.next() % 20 == 0 {
                    presences.withLock { $0[Int(random.next() % 3)] = ProcessPresence(folder: path) }
                }
                if random.next() % 20 == 0 { _ = try? ledger.recover() }
            }
        }
        presences.withLock { $0 = [] }
        _ = try book.ledger().recover()
        let money = try book.money
        #expect(money[0] + money[1] == 50_000 && money[2] == 0)
        #expect(money[3] + money[4] == 30_000 && money[5] == 0 && money[1] == money[4])
        try book.store.gatherUsage()
        let rows = try book.store.read { tables throws(StoreError) in
            var selection = UsageTable.Selection()
            selection.limit = 10_000
            return try tables.usage.rows(selection)
        }
        #expect(rows.reduce(0) { $0 + $1.cost.nano } == money[1])
        var selection = RollupTable.Selection(.day, from: 0, to: .max)
        (selection.isByPeriod, selection.key) = (false, key)
        let wanted = selection
        let sums = try book.store.read { tables throws(StoreError) in try tables.rollups.sums(wanted) }
        #expect(sums.map(\.cost.nano) == [money[1]] && sums.map(\.requests) == [rows.count { !$0.isFailure }])
        #expect(account == book.account)
    }
}

/// Numbers that are the same each time.
private struct SplitMix {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var z = state
        z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
        z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
        return z ^ (z >> 31)
    }
}
