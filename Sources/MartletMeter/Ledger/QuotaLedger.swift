import MartletCore
public import MartletStore

/// Sets money aside before a request, and books what it cost behind it: once, whatever happens, in any number of
/// processes.
///
/// The books are in the main database; each step is one transaction. Safe from any thread.
public struct QuotaLedger: Sendable {
    private let store: Store
    private let queue: LedgerQueue
    private let presence: ProcessPresence
    private let now: @Sendable () -> Int

    /// Opens the books.
    ///
    /// - Parameters:
    ///   - store: where they are.
    ///   - presence: names this process, and tells which others live.
    ///   - now: the time in milliseconds since 1970.
    public init(store: Store, presence: ProcessPresence, now: @escaping @Sendable () -> Int) {
        self.store = store
        queue = LedgerQueue(store: store)
        self.presence = presence
        self.now = now
    }

    /// Sets money aside: all that the request may cost, or all that is left.
    ///
    /// - Throws: `StoreError` by cause; then nothing is set aside.
    public func reserve(_ wish: ReservationWish) throws(StoreError) -> ReservationOutcome {
        let (now, holder) = (now(), presence.name)
        let outcome = try queue.run(.begins) { tables throws(StoreError) in
            .reservation(try Self.reserve(wish, in: tables, holder: holder, now: now))
        }
        guard case .reservation(let reservation) = outcome else { return .refused(.isRevoked) }
        return reservation
    }

    private static func reserve(
        _ wish: ReservationWish,
        in tables: StoreTables,
        holder: String,
        now: Int
    ) throws(StoreError) -> ReservationOutcome {
        guard let standing = try tables.ledger.standing(of: wish.key, now: now / 1_000), standing.isUsable
        else {
            return .refused(.isRevoked)
        }
        if let running = standing.running, running >= standing.limits.concurrent {
            return .refused(.tooManyAtOnce(limit: standing.limits.concurrent))
        }
        var amount = wish.most
        for (left, refusal) in limits(standing) {
            // Who has nothing left may still do what costs nothing.
            guard left >= wish.least, left > .zero || wish.most == .zero else { return .refused(refusal) }
            amount = min(amount, max(left, .zero))
        }
        let entry = LedgerTable.Entry(
            id: RandomText.alphanumeric(20),
            account: wish.account,
            key: wish.key,
            amount: amount,
            holder: holder,
            created: now,
            subject: wish.subject
        )
        try tables.ledger.add(entry)
        return .reserved(Reservation(id: entry.id, amount: amount))
    }

    /// What is left by each limit, and what to say where that is too little.
    private static func limits(
        _ standing: LedgerTable.Standing
    ) -> [(left: Credits, refusal: ReservationRefusal)] {
        var limits: [(left: Credits, refusal: ReservationRefusal)] = []
        if let left = standing.accountLeft { limits.append((left, .accountIsEmpty(left: left))) }
        if let left = standing.keyLeft { limits.append((left, .keyIsEmpty(left: left))) }
        let (daily, monthly) = (standing.limits.dailyBudget, standing.limits.monthlyBudget)
        if daily > .zero {
            limits.append((daily - standing.spentToday, .dayIsOver(budget: daily)))
        }
        if monthly > .zero {
            limits.append((monthly - standing.spentThisMonth, .monthIsOver(budget: monthly)))
        }
        return limits
    }

    /// Books what a request cost and adds its row, and gives back what was set aside.
    ///
    /// - Parameters:
    ///   - reservation: what was set aside; nil for callers whose money is not counted.
    ///   - row: what happened; account, key and cost are those to be charged.
    /// - Returns: false where the reservation had been settled before; then nothing is booked.
    /// - Throws: `StoreError` by cause; then the reservation stands, and is charged as a whole when this process ends.
    @discardableResult
    public func settle(_ reservation: Reservation?, _ row: UsageTable.Row) throws(StoreError) -> Bool {
        let outcome = try queue.run(reservation == nil ? .other : .ends) { tables throws(StoreError) in
            if let reservation {
                let isFirst = try tables.ledger.settle(
                    reservation.id,
                    account: row.account,
                    key: row.key,
                    cost: row.cost,
                    countsRequest: !row.isFailure,
                    time: row.time / 1_000,
                    now: row.time / 1_000
                )
                guard isFirst else { return .booked(false) }
            }
            try tables.usage.note(row)
            return .booked(true)
        }
        if case .booked(let isBooked) = outcome { return isBooked }
        return false
    }

    /// Charges what processes had reserved that are no more: their requests had been sent, and nobody knows what they took.
    ///
    /// For the housekeeper, and for the start.
    ///
    /// - Returns: how many reservations were settled.
    /// - Throws: `StoreError` by cause.
    public func recover() throws(StoreError) -> Int {
        let holders = try store.read { tables throws(StoreError) in try tables.ledger.holders() }
        var settled = 0
        for holder in holders where !presence.isAlive(holder) {
            var count = 0
            repeat {
                count = try store.write { tables throws(StoreError) in
                    let entries = try tables.ledger.entries(of: holder)
                    for entry in entries { try charge(entry, in: tables) }
                    return entries.count
                }
                settled += count
            } while count > 0
        }
        return settled
    }

    private func charge(_ entry: LedgerTable.Entry, in tables: StoreTables) throws(StoreError) {
        let now = now()
        guard
            try tables.ledger.settle(
                entry.id,
                account: entry.account,
                key: entry.key,
                cost: entry.amount,
                countsRequest: false,
                // Budgets count it where it was reserved.
                time: entry.created / 1_000,
                now: now / 1_000
            )
        else { return }
        var row = UsageTable.Row()
        row.request = entry.subject.request
        row.time = entry.created
        (row.account, row.key) = (entry.account, entry.key)
        row.channel = entry.subject.channel
        row.model = entry.subject.model
        row.endpoint = entry.subject.endpoint
        row.cost = entry.amount
        row.isEstimated = true
        row.duration = max(0, now - entry.created)
        row.outcome = "crashed"
        try tables.usage.add([row])
    }
}
