import SQL

/// The tables of the main database, as seen inside a transaction.
///
/// Belongs to the transaction that it was made for.
public struct StoreTables {
    /// The connection that is in the transaction.
    let connection: any SQLConnection

    /// Answers that clients may come back to.
    public var responses: StoredResponseTable { StoredResponseTable(connection: connection) }
    /// Files that are at the vendor already.
    public var assets: AssetTable { AssetTable(connection: connection) }
    /// Files of clients.
    public var files: FileTable { FileTable(connection: connection) }
    /// How the keys of channels have failed.
    public var keyStates: KeyStateTable { KeyStateTable(connection: connection) }

    /// Answers that are given again.
    public var replays: ReplayTable { ReplayTable(connection: connection) }

    /// Who has an account.
    public var accounts: AccountTable { AccountTable(connection: connection) }
    /// Groups of accounts.
    public var groups: GroupTable { GroupTable(connection: connection) }
    /// Keys that were issued here.
    public var keys: ApiKeyTable { ApiKeyTable(connection: connection) }
    /// What requests reserve and cost.
    public var ledger: LedgerTable { LedgerTable(connection: connection) }
    /// What each request took.
    public var usage: UsageTable { UsageTable(connection: connection) }
    /// What they took together.
    public var rollups: RollupTable { RollupTable(connection: connection) }

    /// Channels that are managed while the service runs.
    public var channels: ChannelTable { ChannelTable(connection: connection) }
    /// Prices that are set while the service runs.
    public var prices: StoredPriceTable { StoredPriceTable(connection: connection) }
    /// What clients say that they have used.
    public var clientReports: ClientReportTable { ClientReportTable(connection: connection) }
    /// What is set while the service runs.
    public var options: OptionTable { OptionTable(connection: connection) }
    /// Who has changed what.
    public var audit: AuditTable { AuditTable(connection: connection) }
    /// Codes that give money.
    public var redemptions: RedemptionTable { RedemptionTable(connection: connection) }

    /// Deletes some of what has expired at `now`; returns whether there may be more.
    func purge(now: Int) throws(StoreError) -> Bool {
        // Each table has its turn, whatever the others say.
        let more = [
            try responses.purge(now: now), try assets.purge(now: now), try files.purge(now: now),
            try keyStates.purge(now: now), try replays.purge(now: now),
            try rollups.purge(now: now), try clientReports.purge(now: now),
        ]
        return more.contains(true)
    }
}
