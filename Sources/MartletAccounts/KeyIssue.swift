public import MartletCore
public import MartletStore

/// Issues keys, and changes them for others.
public enum KeyIssue {
    /// How long a key that was changed for another still works where nothing else is said, in seconds.
    public static let overlap = 86_400

    /// Issues a key; it is shown this once.
    ///
    /// - Parameters:
    ///   - row: what it may do; hint and time of making are filled in here.
    ///   - key: the key itself; nil makes one.
    ///   - tables: inside a transaction.
    ///   - now: the time in seconds since 1970.
    /// - Returns: the key and its number; nil where a key that was brought along is another's already.
    /// - Throws: `StoreError` by cause.
    public static func issue(
        _ row: ApiKeyTable.Row,
        key: Secret? = nil,
        in tables: StoreTables,
        now: Int
    ) throws(StoreError) -> (key: Secret, id: KeyID)? {
        let secret = key ?? KeyIssuer.make()
        var row = row
        row.hint = KeyIssuer.hint(of: secret)
        row.created = now
        return try tables.keys.add(row, hash: KeyHash(secret).text).map { (secret, $0) }
    }

    /// Changes a key for another; the old one works for a while longer.
    ///
    /// - Parameters:
    ///   - row: the key's row.
    ///   - overlap: for how long, in seconds.
    ///   - tables: inside a transaction.
    ///   - now: the time in seconds since 1970.
    /// - Returns: the new key, which is shown this once; nil where the key was revoked meanwhile.
    /// - Throws: `StoreError` by cause.
    public static func rotate(
        _ row: ApiKeyTable.Row,
        overlap: Int = overlap,
        in tables: StoreTables,
        now: Int
    ) throws(StoreError) -> Secret? {
        let secret = KeyIssuer.make()
        let changed = try tables.keys.change(row.id) { row throws(StoreError) in
            row.hint = KeyIssuer.hint(of: secret)
        }
        guard changed != nil else { return nil }
        try tables.keys.endHashes(of: row.id, at: now + overlap)
        try tables.keys.put(hash: KeyHash(secret).text, of: row.id)
        return secret
    }
}
