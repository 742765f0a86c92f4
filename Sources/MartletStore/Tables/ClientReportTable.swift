public import MartletCore
import SQL

/// What clients say that they have used at vendors by themselves, added up by hour; believed for statistics, never for money.
///
/// Belongs to the transaction that it was made for.
public struct ClientReportTable {
    /// What is told apart.
    public struct Subject: Sendable, Hashable {
        /// Who says so.
        public var account: AccountID
        /// The hour's first second since 1970.
        public var hour: Int
        /// The vendor, as the client names it.
        public var provider: String
        /// The model.
        public var model: String
        /// Whose key.
        public var owner: String
        /// The key's last characters.
        public var hint: String

        /// Makes a subject; see the properties.
        public init(
            account: AccountID,
            hour: Int,
            provider: String,
            model: String,
            owner: String,
            hint: String
        ) {
            self.account = account
            self.hour = hour
            self.provider = provider
            self.model = model
            self.owner = owner
            self.hint = hint
        }
    }

    /// What was used.
    public struct Sum: Sendable, Equatable {
        /// Tokens of prompts.
        public var input = 0
        /// Tokens of answers.
        public var output = 0
        /// How many requests were answered.
        public var requests = 0
        /// How many were not.
        public var failures = 0
        /// The status of the last failure that had one.
        public var lastStatus: Int?

        /// Nothing.
        public init() {}
    }

    static let steps = [
        SQLMigrator.Step(
            "0011 client reports",
            [
                """
                CREATE TABLE client_report (
                    hour BIGINT NOT NULL, account BIGINT NOT NULL, provider TEXT NOT NULL, model TEXT NOT NULL,
                    owner TEXT NOT NULL, hint TEXT NOT NULL, input BIGINT NOT NULL, output BIGINT NOT NULL,
                    requests BIGINT NOT NULL, failures BIGINT NOT NULL, last_status BIGINT,
                    PRIMARY KEY (hour, account, provider, model, owner, hint)
                )
                """
            ]
        )
    ]

    private static let keptFor = 62 * 86_400
    let connection: any SQLConnection

    /// Adds what a client says.
    ///
    /// - Throws: `StoreError` by cause.
    public func add(_ sum: Sum, to subject: Subject) throws(StoreError) {
        try StoreError.catching {
            _ = try connection.execute(
                """
                INSERT INTO client_report (hour, account, provider, model, owner, hint, input, output, requests, failures,
                    last_status)
                VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
                ON CONFLICT (hour, account, provider, model, owner, hint) DO UPDATE
                SET input = input + $7, output = output + $8, requests = requests + $9, failures = failures + $10,
                    last_status = coalesce($11, last_status)
                """,
                .integer(Int64(subject.hour)),
                .integer(subject.account.value),
                .text(subject.provider),
                .text(subject.model),
                .text(subject.owner),
                .text(subject.hint),
                .integer(Int64(sum.input)),
                .integer(Int64(sum.output)),
                .integer(Int64(sum.requests)),
                .integer(Int64(sum.failures)),
                sum.lastStatus.map { .integer(Int64($0)) } ?? .null
            )
        }
    }

    /// What was said since an hour.
    ///
    /// - Throws: `StoreError` by cause.
    public func all(since hour: Int) throws(StoreError) -> [(subject: Subject, sum: Sum)] {
        try StoreError.catching {
            let rows = try connection.rows(
                """
                SELECT hour, account, provider, model, owner, hint, input, output, requests, failures, last_status
                FROM client_report WHERE hour >= $1 ORDER BY hour
                """,
                .integer(Int64(hour))
            )
            return try rows.map { row in
                var sum = Sum()
                sum.input = Int(try row.integer(6))
                sum.output = Int(try row.integer(7))
                sum.requests = Int(try row.integer(8))
                sum.failures = Int(try row.integer(9))
                sum.lastStatus = row[10] == .null ? nil : Int(try row.integer(10))
                let subject = Subject(
                    account: AccountID(try row.integer(1)),
                    hour: Int(try row.integer(0)),
                    provider: try row.text(2),
                    model: try row.text(3),
                    owner: try row.text(4),
                    hint: try row.text(5)
                )
                return (subject, sum)
            }
        }
    }

    /// Deletes what an account, or everybody, has said; returns how many sums.
    ///
    /// - Throws: `StoreError` by cause.
    public func remove(of accounts: [AccountID]) throws(StoreError) -> Int {
        try StoreError.catching {
            var count = 0
            for account in accounts {
                count += try connection.execute(
                    "DELETE FROM client_report WHERE account = $1",
                    .integer(account.value)
                )
            }
            return count
        }
    }

    /// Deletes at most 100 sums of hours that are too long ago; returns whether there may be more.
    func purge(now: Int) throws(StoreError) -> Bool {
        try StoreError.catching {
            try connection.execute(
                """
                DELETE FROM client_report WHERE rowid IN (
                    SELECT rowid FROM client_report WHERE hour < $1 LIMIT 100
                )
                """,
                .integer(Int64(now - Self.keptFor))
            ) == 100
        }
    }
}
