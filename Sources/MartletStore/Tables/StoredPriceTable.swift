public import MartletCore
import SQL

/// Prices that are set while the service runs; they come before those of the settings.
///
/// Every change moves the revision of the channels, by which all processes learn of it. Belongs to the transaction that
/// it was made for.
public struct StoredPriceTable {
    /// A price.
    public struct Row: Sendable, Equatable {
        /// Its number; 0 for one that is not in the table yet.
        public var id: Int64 = 0
        /// The channel; empty for all.
        public var channel: String
        /// The model's name, with `*` for any text.
        public var model: String
        /// The price.
        public var price: ModelPrice

        /// Makes a row; see the properties.
        public init(channel: String, model: String, price: ModelPrice) {
            self.channel = channel
            self.model = model
            self.price = price
        }
    }

    static let steps = [
        SQLMigrator.Step(
            "0013 prices",
            [
                """
                CREATE TABLE price (
                    id INTEGER PRIMARY KEY AUTOINCREMENT, channel TEXT NOT NULL, model TEXT NOT NULL,
                    input BIGINT NOT NULL, output BIGINT NOT NULL, cached_input BIGINT, cache_write BIGINT,
                    hour_cache_write BIGINT, audio_input BIGINT, audio_output BIGINT, image_output BIGINT,
                    image BIGINT NOT NULL, second BIGINT NOT NULL, character BIGINT NOT NULL, per_call BIGINT NOT NULL,
                    UNIQUE (channel, model)
                )
                """
            ]
        )
    ]

    let connection: any SQLConnection

    /// All prices, the more special first: those of one channel, then those without a `*`, then by length.
    ///
    /// - Throws: `StoreError` by cause.
    public func all() throws(StoreError) -> [Row] {
        try StoreError.catching {
            let rows = try connection.rows(
                """
                SELECT id, channel, model, input, output, cached_input, cache_write, hour_cache_write, audio_input,
                    audio_output, image_output, image, second, character, per_call
                FROM price
                """
            ).map(Self.row)
            func rank(_ row: Row) -> (Int, Int, Int, Int64) {
                (row.channel.isEmpty ? 1 : 0, row.model.contains("*") ? 1 : 0, -row.model.utf8.count, row.id)
            }
            return rows.sorted { rank($0) < rank($1) }
        }
    }

    /// Sets the price of a model at a channel.
    ///
    /// - Returns: its number.
    /// - Throws: `StoreError` by cause.
    public func put(_ row: Row) throws(StoreError) -> Int64 {
        try StoreError.catching {
            func optional(_ price: Int64?) -> SQLValue { price.map { .integer($0) } ?? .null }
            let price = row.price
            let rows = try connection.rows(
                """
                INSERT INTO price (channel, model, input, output, cached_input, cache_write, hour_cache_write, audio_input,
                    audio_output, image_output, image, second, character, per_call)
                VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)
                ON CONFLICT (channel, model) DO UPDATE SET input = $3, output = $4, cached_input = $5, cache_write = $6,
                    hour_cache_write = $7, audio_input = $8, audio_output = $9, image_output = $10, image = $11,
                    second = $12, character = $13, per_call = $14
                RETURNING id
                """,
                .text(row.channel),
                .text(row.model),
                .integer(price.input),
                .integer(price.output),
                optional(price.cachedInput),
                optional(price.cacheWrite),
                optional(price.hourCacheWrite),
                optional(price.audioInput),
                optional(price.audioOutput),
                optional(price.imageOutput),
                .integer(price.image.nano),
                .integer(price.second.nano),
                .integer(price.character.nano),
                .integer(price.call.nano)
            )
            try ChannelTable(connection: connection).moveRevision()
            return try rows[0].integer(0)
        }
    }

    /// Deletes a price; false where there is none.
    ///
    /// - Throws: `StoreError` by cause.
    public func remove(_ id: Int64) throws(StoreError) -> Bool {
        try StoreError.catching {
            try ChannelTable(connection: connection).moveRevision()
            return try connection.execute("DELETE FROM price WHERE id = $1", .integer(id)) > 0
        }
    }

    private static func row(_ row: SQLRow) throws -> Row {
        func optional(_ column: Int) throws -> Int64? { row[column] == .null ? nil : try row.integer(column) }
        var price = ModelPrice(input: try row.integer(3), output: try row.integer(4))
        price.cachedInput = try optional(5)
        price.cacheWrite = try optional(6)
        price.hourCacheWrite = try optional(7)
        price.audioInput = try optional(8)
        price.audioOutput = try optional(9)
        price.imageOutput = try optional(10)
        price.image = Credits(nano: try row.integer(11))
        price.second = Credits(nano: try row.integer(12))
        price.character = Credits(nano: try row.integer(13))
        price.call = Credits(nano: try row.integer(14))
        var stored = Row(channel: try row.text(1), model: try row.text(2), price: price)
        stored.id = try row.integer(0)
        return stored
    }
}
