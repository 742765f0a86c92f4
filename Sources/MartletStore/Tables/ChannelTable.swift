public import MartletCore
import SQL

/// Channels that are managed while the service runs.
///
/// Every change moves the revision, by which all processes learn of it. Belongs to the transaction that it was made for.
public struct ChannelTable {
    /// Whether a channel is used.
    public enum Status: Int, Sendable {
        /// It is.
        case enabled = 1
        /// Somebody has disabled it.
        case disabled = 2
    }

    /// One channel.
    public struct Row: Sendable, Equatable {
        /// Its number; 0 for one that is not in the table yet.
        public var id: Int64 = 0
        /// Its name in addresses and model names.
        public var name: String
        /// What is spoken there: see `Channel.Kind`.
        public var kind: String
        /// Its address.
        public var address: String
        /// Its models, as names, `name=vendor's name`, or `*`.
        public var models: [String] = []
        /// The vendor's names of models that clients call otherwise, as JSON.
        public var mapping = "{}"
        /// Groups that may use it; none means all.
        public var groups: [String] = []
        /// Whether it is used.
        public var status = Status.enabled
        /// Higher is asked first.
        public var priority = 0
        /// How often among its equals.
        public var weight = 1
        /// A word to sort channels by.
        public var tag = ""
        /// What people should know of it.
        public var remark = ""
        /// The version of the API where the vendor wants it named.
        public var apiVersion = ""
        /// The model that is asked when it is tested.
        public var testModel = ""
        /// When it was tested last, in seconds since 1970; 0 for never.
        public var tested = 0
        /// How long the test took, in milliseconds.
        public var testDuration = 0
        /// What was left of the first key's money when its vendor told last.
        public var balance = Credits.zero
        /// When that was, in seconds since 1970; 0 for never.
        public var balanceTime = 0
        /// When it was made, in seconds since 1970.
        public var created = 0

        /// Makes a channel; see the properties.
        public init(name: String, kind: String, address: String) {
            self.name = name
            self.kind = kind
            self.address = address
        }
    }

    /// One key of a channel.
    public struct Key: Sendable, Equatable {
        /// Its number; 0 for one that is not in the table yet.
        public var id: Int64 = 0
        /// Whose it is.
        public var channel: Int64
        /// The key, sealed by a `Vault` for `record`.
        public var sealed: String
        /// Its last characters.
        public var hint: String
        /// The beginning of its hash: see `ChannelKey.id`.
        public var name: String
        /// Whether it is used.
        public var isEnabled = true

        /// Makes a key; see the properties.
        public init(channel: Int64, sealed: String, hint: String, name: String) {
            self.channel = channel
            self.sealed = sealed
            self.hint = hint
            self.name = name
        }

        /// What the sealed key is bound to.
        public static func record(channel: Int64, name: String) -> String { "channel \(channel) key \(name)" }
    }

    static let steps = [
        SQLMigrator.Step(
            "0008 channels",
            [
                """
                CREATE TABLE channel (
                    id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT NOT NULL UNIQUE, kind TEXT NOT NULL,
                    address TEXT NOT NULL, models TEXT NOT NULL, mapping TEXT NOT NULL, groups TEXT NOT NULL,
                    status BIGINT NOT NULL, priority BIGINT NOT NULL, weight BIGINT NOT NULL, tag TEXT NOT NULL,
                    remark TEXT NOT NULL, api_version TEXT NOT NULL, test_model TEXT NOT NULL, tested BIGINT NOT NULL,
                    test_duration BIGINT NOT NULL, created BIGINT NOT NULL
                )
                """,
                """
                CREATE TABLE channel_key (
                    id INTEGER PRIMARY KEY AUTOINCREMENT, channel BIGINT NOT NULL, sealed TEXT NOT NULL,
                    hint TEXT NOT NULL, name TEXT NOT NULL, enabled BIGINT NOT NULL, UNIQUE (channel, name)
                )
                """,
                "CREATE TABLE revision (name TEXT PRIMARY KEY, number BIGINT NOT NULL)",
                "INSERT INTO revision (name, number) VALUES ('channels', 0)",
            ]
        ),
        SQLMigrator.Step(
            "0012 channel balances",
            [
                "ALTER TABLE channel ADD COLUMN balance BIGINT NOT NULL DEFAULT 0",
                "ALTER TABLE channel ADD COLUMN balance_time BIGINT NOT NULL DEFAULT 0",
            ]
        ),
    ]

    let connection: any SQLConnection

    /// Moves with every change of a channel or of one of its keys.
    ///
    /// - Throws: `StoreError` by cause.
    public func revision() throws(StoreError) -> Int64 {
        try StoreError.catching {
            try connection.rows("SELECT number FROM revision WHERE name = 'channels'").first?.integer(0) ?? 0
        }
    }

    /// Lets all processes read again what is managed while the service runs.
    func moveRevision() throws {
        _ = try connection.execute("UPDATE revision SET number = number + 1 WHERE name = 'channels'")
    }

    /// All channels, oldest first.
    ///
    /// - Throws: `StoreError` by cause.
    public func all() throws(StoreError) -> [Row] {
        try StoreError.catching {
            try connection.rows(
                """
                SELECT id, name, kind, address, models, mapping, groups, status, priority, weight, tag, remark, api_version,
                    test_model, tested, test_duration, created, balance, balance_time
                FROM channel ORDER BY id
                """
            ).map(Self.row)
        }
    }

    /// One channel; nil where there is none.
    ///
    /// - Throws: `StoreError` by cause.
    public func row(_ id: Int64) throws(StoreError) -> Row? { try all().first { $0.id == id } }

    /// Adds a channel; its number is given here.
    ///
    /// - Returns: the number; nil where the name is taken.
    /// - Throws: `StoreError` by cause.
    public func add(_ row: Row) throws(StoreError) -> Int64? {
        try StoreError.catching {
            let added = try connection.rows(
                """
                INSERT INTO channel (created, name, kind, address, models, mapping, groups, status, priority, weight, tag,
                    remark, api_version, test_model, tested, test_duration, balance, balance_time)
                VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18)
                ON CONFLICT (name) DO NOTHING RETURNING id
                """,
                binding: [.integer(Int64(row.created))] + Self.editable(row)
            )
            try moveRevision()
            return try added.first?.integer(0)
        }
    }

    /// What a change has come to.
    public enum Change: Sendable {
        /// It is made.
        case changed(Row)
        /// The new name is another's.
        case nameTaken
        /// There is no such channel.
        case missing
    }

    /// Changes a part of a channel as it is now, whatever was read of it before.
    ///
    /// - Throws: `StoreError` by cause, or what `change` throws.
    @discardableResult
    public func change(
        _ id: Int64,
        _ change: (inout Row) throws(StoreError) -> Void
    ) throws(StoreError) -> Change {
        guard var row = try row(id) else { return .missing }
        try change(&row)
        return try update(row) ? .changed(row) : .nameTaken
    }

    private func update(_ row: Row) throws(StoreError) -> Bool {
        try StoreError.catching {
            let others = try connection.rows(
                "SELECT 1 FROM channel WHERE name = $1 AND id <> $2",
                .text(row.name),
                .integer(row.id)
            )
            guard others.isEmpty else { return false }
            _ = try connection.execute(
                """
                UPDATE channel SET name = $2, kind = $3, address = $4, models = $5, mapping = $6, groups = $7, status = $8,
                    priority = $9, weight = $10, tag = $11, remark = $12, api_version = $13, test_model = $14,
                    tested = $15, test_duration = $16, balance = $17, balance_time = $18
                WHERE id = $1
                """,
                binding: [.integer(row.id)] + Self.editable(row)
            )
            try moveRevision()
            return true
        }
    }

    /// Deletes a channel and its keys; false where there is none.
    ///
    /// - Throws: `StoreError` by cause.
    public func remove(_ id: Int64) throws(StoreError) -> Bool {
        try StoreError.catching {
            _ = try connection.execute("DELETE FROM channel_key WHERE channel = $1", .integer(id))
            try moveRevision()
            return try connection.execute("DELETE FROM channel WHERE id = $1", .integer(id)) > 0
        }
    }

    /// The keys of a channel, oldest first; of all channels for 0.
    ///
    /// - Throws: `StoreError` by cause.
    public func keys(of channel: Int64) throws(StoreError) -> [Key] {
        try StoreError.catching {
            let rows = try connection.rows(
                """
                SELECT id, channel, sealed, hint, name, enabled FROM channel_key
                WHERE $1 = 0 OR channel = $1 ORDER BY id
                """,
                .integer(channel)
            )
            return try rows.map { row in
                var key = Key(
                    channel: try row.integer(1),
                    sealed: try row.text(2),
                    hint: try row.text(3),
                    name: try row.text(4)
                )
                key.id = try row.integer(0)
                key.isEnabled = try row.integer(5) != 0
                return key
            }
        }
    }

    /// Adds a key; one that the channel has already stays as it is.
    ///
    /// - Throws: `StoreError` by cause.
    public func add(_ key: Key) throws(StoreError) {
        try StoreError.catching {
            _ = try connection.execute(
                """
                INSERT INTO channel_key (channel, sealed, hint, name, enabled) VALUES ($1, $2, $3, $4, $5)
                ON CONFLICT (channel, name) DO NOTHING
                """,
                .integer(key.channel),
                .text(key.sealed),
                .text(key.hint),
                .text(key.name),
                .integer(key.isEnabled ? 1 : 0)
            )
            try moveRevision()
        }
    }

    /// Lets a key be used, or not.
    ///
    /// - Throws: `StoreError` by cause.
    public func set(key id: Int64, isEnabled: Bool) throws(StoreError) {
        try StoreError.catching {
            _ = try connection.execute(
                "UPDATE channel_key SET enabled = $2 WHERE id = $1",
                .integer(id),
                .integer(isEnabled ? 1 : 0)
            )
            try moveRevision()
        }
    }

    /// Puts a key's newly sealed form in the place of the old one, unless that has been changed meanwhile.
    ///
    /// - Throws: `StoreError` by cause.
    public func reseal(_ key: Key, as sealed: String) throws(StoreError) {
        try StoreError.catching {
            _ = try connection.execute(
                "UPDATE channel_key SET sealed = $2 WHERE id = $1 AND sealed = $3",
                .integer(key.id),
                .text(sealed),
                .text(key.sealed)
            )
            try moveRevision()
        }
    }

    /// Deletes a key; false where there is none.
    ///
    /// - Throws: `StoreError` by cause.
    public func remove(key id: Int64) throws(StoreError) -> Bool {
        try StoreError.catching {
            try moveRevision()
            return try connection.execute("DELETE FROM channel_key WHERE id = $1", .integer(id)) > 0
        }
    }

    private static func editable(_ row: Row) -> [SQLValue] {
        [
            .text(row.name), .text(row.kind), .text(row.address), .text(row.models.joined(separator: ",")),
            .text(row.mapping), .text(row.groups.joined(separator: ",")),
            .integer(Int64(row.status.rawValue)),
            .integer(Int64(row.priority)), .integer(Int64(row.weight)), .text(row.tag), .text(row.remark),
            .text(row.apiVersion), .text(row.testModel), .integer(Int64(row.tested)),
            .integer(Int64(row.testDuration)), .integer(row.balance.nano), .integer(Int64(row.balanceTime)),
        ]
    }

    private static func row(_ row: SQLRow) throws -> Row {
        var channel = Row(name: try row.text(1), kind: try row.text(2), address: try row.text(3))
        channel.id = try row.integer(0)
        channel.models = try row.text(4).split(separator: ",").map(String.init)
        channel.mapping = try row.text(5)
        channel.groups = try row.text(6).split(separator: ",").map(String.init)
        channel.status = Status(rawValue: Int(try row.integer(7))) ?? .disabled
        channel.priority = Int(try row.integer(8))
        channel.weight = Int(try row.integer(9))
        channel.tag = try row.text(10)
        channel.remark = try row.text(11)
        channel.apiVersion = try row.text(12)
        channel.testModel = try row.text(13)
        channel.tested = Int(try row.integer(14))
        channel.testDuration = Int(try row.integer(15))
        channel.created = Int(try row.integer(16))
        channel.balance = Credits(nano: try row.integer(17))
        channel.balanceTime = Int(try row.integer(18))
        return channel
    }
}
