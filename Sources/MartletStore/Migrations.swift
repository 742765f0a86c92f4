import SQL

/// The steps that have made the main database what it is; a step that has been released never changes.
///
/// Each table has its steps beside its SQL, in `Tables`.
enum Migrations {
    static let migrator = SQLMigrator(
        StoredResponseTable.steps + AssetTable.steps + FileTable.steps + KeyStateTable.steps
            + AccountTable.steps + LedgerTable.steps + UsageTable.steps + ChannelTable.steps
            + OptionTable.steps
            + ReplayTable.steps + ClientReportTable.steps + StoredPriceTable.steps
    )
}
