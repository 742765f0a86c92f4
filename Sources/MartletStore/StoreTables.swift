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

    /// Deletes some of what has expired at `now`; returns whether there may be more.
    func purge(now: Int) throws(StoreError) -> Bool {
        // Each table has its turn, whatever the others say.
        let more = [
            try responses.purge(now: now), try assets.purge(now: now), try files.purge(now: now),
            try keyStates.purge(now: now),
        ]
        return more.contains(true)
    }
}
