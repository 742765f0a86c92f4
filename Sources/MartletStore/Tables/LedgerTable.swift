public import MartletCore
import SQL

/// What running requests have reserved, and what those that have ended cost: the only place that changes what accounts and
/// keys have.
///
/// At any time `balance + used` of an account, or of a key, is what it was granted, to the last unit. Belongs to the
/// transaction that it was made for.
///
/// What runs is one small tree, ordered by account and key, and what is reserved is its sum: each page that a transaction
/// touches is written and summed, so that a request reserves by writing in one place alone.
public struct LedgerTable {
    /// A reservation.
    public struct Entry: Sendable, Equatable {
        /// Names it; made here, for a client may send the same request id twice.
        public var id: String
        /// Whose money it is.
        public var account: AccountID
        /// Whose key asked.
        public var key: KeyID
        /// How much.
        public var amount: Credits
        /// Which process works on it.
        public var holder: String
        /// When it was made, in milliseconds since 1970.
        public var created: Int
        /// What the usage row says if nobody comes back to it.
        public var subject: Subject

        /// Makes an entry; see the properties.
        public init(
            id: String,
            account: AccountID,
            key: KeyID,
            amount: Credits,
            holder: String,
            created: Int,
            subject: Subject
        ) {
            self.id = id
            self.account = account
            self.key = key
            self.amount = amount
            self.holder = holder
            self.created = created
            self.subject = subject
        }
    }

    /// What a request is about, as far as it is known before the work.
    public struct Subject: Sendable, Equatable {
        /// The request's id.
        public var request: String
        /// The model, as the client names it.
        public var model: String
        /// The channel that is asked first.
        public var channel: String
        /// The address, for example `chat/completions`.
        public var endpoint: String

        /// Makes a subject; see the properties.
        public init(request: String, model: String, channel: String, endpoint: String) {
            self.request = request
            self.model = model
            self.channel = channel
            self.endpoint = endpoint
        }
    }

    /// What a key may spend at this moment.
    public struct Standing: Sendable, Equatable {
        /// Whether key and account may be used.
        public var isUsable: Bool
        /// What the account has that is not reserved; nil without a limit.
        public var accountLeft: Credits?
        /// What the key has that is not reserved; nil without a limit.
        public var keyLeft: Credits?
        /// How many requests of the key run; nil where nobody has to know.
        public var running: Int?
        /// What the key has spent and reserved on this day (UTC); zero where it has no budget.
        public var spentToday: Credits
        /// The same of this month.
        public var spentThisMonth: Credits
        /// Its limits.
        public var limits: ApiKeyTable.Limits
    }

    static let steps = [
        SQLMigrator.Step(
            "0006 ledger",
            [
                """
                CREATE TABLE reservation (
                    account BIGINT NOT NULL, key BIGINT NOT NULL, id TEXT NOT NULL, amount BIGINT NOT NULL,
                    holder TEXT NOT NULL, created BIGINT NOT NULL, request TEXT NOT NULL, model TEXT NOT NULL,
                    channel TEXT NOT NULL, endpoint TEXT NOT NULL, PRIMARY KEY (account, key, id)
                ) WITHOUT ROWID
                """
            ]
        )
    ]

    let connection: any SQLConnection

    /// What a key may spend; nil where there is no such key.
    ///
    /// - Parameters:
    ///   - key: which.
    ///   - now: the time in seconds since 1970.
    /// - Returns: all of it.
    /// - Throws: `StoreError` by cause.
    public func standing(of key: KeyID, now: Int) throws(StoreError) -> Standing? {
        try StoreError.catching {
            let rows = try connection.rows(
                """
                SELECT a.status, a.unlimited,
                    CASE a.unlimited WHEN 0 THEN
                        a.balance - (SELECT coalesce(sum(amount), 0) FROM reservation WHERE account = a.id)
                    ELSE 0 END,
                    k.status, k.unlimited,
                    CASE k.unlimited WHEN 0 THEN
                        k.balance - (SELECT coalesce(sum(amount), 0) FROM reservation WHERE account = a.id AND key = k.id)
                    ELSE 0 END,
                    k.expires, k.concurrent, k.daily_budget, k.monthly_budget,
                    CASE k.concurrent WHEN 0 THEN 0 ELSE
                        (SELECT count(*) FROM reservation WHERE account = a.id AND key = k.id)
                    END,
                    k.day, k.day_spent, k.month, k.month_spent,
                    CASE k.daily_budget + k.monthly_budget WHEN 0 THEN 0 ELSE
                        (SELECT coalesce(sum(amount), 0) FROM reservation WHERE account = a.id AND key = k.id)
                    END
                FROM api_key k JOIN account a ON a.id = k.account WHERE k.id = $1
                """,
                .integer(key.value)
            )
            guard let row = rows.first else { return nil }
            var limits = ApiKeyTable.Limits()
            limits.expires = Int(try row.integer(6))
            limits.concurrent = Int(try row.integer(7))
            limits.dailyBudget = Credits(nano: try row.integer(8))
            limits.monthlyBudget = Credits(nano: try row.integer(9))
            let isExpired = limits.expires > 0 && limits.expires <= now
            func spent(since start: Int, at column: Int) throws -> Credits {
                let isOver = try row.integer(column) < Int64(start)
                return Credits(nano: try row.integer(15) + (isOver ? 0 : row.integer(column + 1)))
            }
            return Standing(
                isUsable: try row.integer(0) == 1 && row.integer(3) == 1 && !isExpired,
                accountLeft: try row.integer(1) != 0 ? nil : Credits(nano: row.integer(2)),
                keyLeft: try row.integer(4) != 0 ? nil : Credits(nano: row.integer(5)),
                running: limits.concurrent > 0 ? Int(try row.integer(10)) : nil,
                spentToday: limits.dailyBudget == .zero
                    ? .zero : try spent(since: CivilTime.startOfDay(now), at: 11),
                spentThisMonth: limits.monthlyBudget == .zero
                    ? .zero : try spent(since: CivilTime.startOfMonth(now), at: 13),
                limits: limits
            )
        }
    }

    /// Reserves; whoever asks has looked at the standing in the same transaction.
    ///
    /// - Throws: `StoreError` by cause.
    public func add(_ entry: Entry) throws(StoreError) {
        try StoreError.catching {
            _ = try connection.execute(
                """
                INSERT INTO reservation (id, account, key, amount, holder, created, request, model, channel, endpoint)
                VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
                """,
                .text(entry.id),
                .integer(entry.account.value),
                .integer(entry.key.value),
                .integer(entry.amount.nano),
                .text(entry.holder),
                .integer(Int64(entry.created)),
                .text(entry.subject.request),
                .text(entry.subject.model),
                .text(entry.subject.channel),
                .text(entry.subject.endpoint)
            )
        }
    }

    /// Ends a reservation and books what the request cost.
    ///
    /// - Parameters:
    ///   - id: of the entry.
    ///   - account: whose money it is.
    ///   - key: whose it is.
    ///   - cost: what it cost; more than was reserved is booked all the same.
    ///   - countsRequest: whether it was answered.
    ///   - time: of which day and month it is, in seconds since 1970.
    ///   - now: the time in seconds since 1970.
    /// - Returns: false where it has been ended before; then nothing is booked.
    /// - Throws: `StoreError` by cause.
    public func settle(
        _ id: String,
        account: AccountID,
        key: KeyID,
        cost: Credits,
        countsRequest: Bool,
        time: Int,
        now: Int
    ) throws(StoreError) -> Bool {
        try StoreError.catching {
            let ended = try connection.execute(
                "DELETE FROM reservation WHERE account = $1 AND key = $2 AND id = $3",
                .integer(account.value),
                .integer(key.value),
                .text(id)
            )
            guard ended > 0 else { return false }
            _ = try connection.execute(
                """
                UPDATE account SET used = used + $2, requests = requests + $3,
                    balance = balance - CASE unlimited WHEN 0 THEN $2 ELSE 0 END
                WHERE id = $1
                """,
                .integer(account.value),
                .integer(cost.nano),
                .integer(countsRequest ? 1 : 0)
            )
            _ = try connection.execute(
                """
                UPDATE api_key SET used = used + $2, requests = requests + $3,
                    balance = balance - CASE unlimited WHEN 0 THEN $2 ELSE 0 END, accessed = $4,
                    day_spent = CASE WHEN day < $5 THEN $2 WHEN day = $5 THEN day_spent + $2 ELSE day_spent END,
                    day = CASE WHEN day < $5 THEN $5 ELSE day END,
                    month_spent =
                        CASE WHEN month < $6 THEN $2 WHEN month = $6 THEN month_spent + $2 ELSE month_spent END,
                    month = CASE WHEN month < $6 THEN $6 ELSE month END
                WHERE id = $1
                """,
                .integer(key.value),
                .integer(cost.nano),
                .integer(countsRequest ? 1 : 0),
                .integer(Int64(now)),
                .integer(Int64(CivilTime.startOfDay(time))),
                .integer(Int64(CivilTime.startOfMonth(time)))
            )
            return true
        }
    }

    /// Grants an account money, or takes some back.
    ///
    /// - Throws: `StoreError` by cause.
    public func grant(_ amount: Credits, to account: AccountID) throws(StoreError) {
        try StoreError.catching {
            _ = try connection.execute(
                "UPDATE account SET balance = balance + $2 WHERE id = $1",
                .integer(account.value),
                .integer(amount.nano)
            )
        }
    }

    /// Grants a key money, or takes some back.
    ///
    /// - Throws: `StoreError` by cause.
    public func grant(_ amount: Credits, to key: KeyID) throws(StoreError) {
        try StoreError.catching {
            _ = try connection.execute(
                "UPDATE api_key SET balance = balance + $2 WHERE id = $1",
                .integer(key.value),
                .integer(amount.nano)
            )
        }
    }

    /// Who holds reservations.
    ///
    /// - Throws: `StoreError` by cause.
    public func holders() throws(StoreError) -> [String] {
        try StoreError.catching {
            try connection.rows("SELECT DISTINCT holder FROM reservation").map { try $0.text(0) }
        }
    }

    /// At most 100 reservations of a holder.
    ///
    /// - Throws: `StoreError` by cause.
    public func entries(of holder: String) throws(StoreError) -> [Entry] {
        try StoreError.catching {
            let rows = try connection.rows(
                """
                SELECT id, account, key, amount, created, request, model, channel, endpoint
                FROM reservation WHERE holder = $1 LIMIT 100
                """,
                .text(holder)
            )
            return try rows.map { row in
                Entry(
                    id: try row.text(0),
                    account: AccountID(try row.integer(1)),
                    key: KeyID(try row.integer(2)),
                    amount: Credits(nano: try row.integer(3)),
                    holder: holder,
                    created: Int(try row.integer(4)),
                    subject: Subject(
                        request: try row.text(5),
                        model: try row.text(6),
                        channel: try row.text(7),
                        endpoint: try row.text(8)
                    )
                )
            }
        }
    }
}
