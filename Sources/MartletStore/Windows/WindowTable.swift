import MartletCore
import SQL

/// The rate windows, one row per subject, as seen inside a transaction.
///
/// Belongs to the transaction that it was made for.
public struct WindowTable {
    /// The connection that is in the transaction.
    let connection: any SQLConnection

    /// The row of a subject; nil when there is none.
    ///
    /// - Throws: `StoreError` by cause.
    public func row(of subject: String) throws(StoreError) -> WindowRow? {
        do {
            let rows = try connection.rows(
                "SELECT newest, state FROM rate_window WHERE subject = $1",
                .text(subject)
            )
            guard let row = rows.first else { return nil }
            return WindowRow(newest: Instant(nanoseconds: try row.integer(0)), state: try row.blob(1))
        } catch {
            throw StoreError(error)
        }
    }

    /// Writes the row of a subject in the place of the old one.
    ///
    /// - Throws: `StoreError` by cause.
    public func put(_ row: WindowRow, for subject: String) throws(StoreError) {
        do {
            try connection.execute(
                """
                INSERT INTO rate_window (subject, newest, state) VALUES ($1, $2, $3)
                ON CONFLICT (subject) DO UPDATE SET newest = excluded.newest, state = excluded.state
                """,
                .text(subject),
                .integer(row.newest.nanoseconds),
                .blob(row.state)
            )
        } catch {
            throw StoreError(error)
        }
    }

    /// Some of the subjects that were last admitted at or before `newest`, at most 500.
    func idleSubjects(since newest: Instant) throws(SQLError) -> [SQLValue] {
        let rows = try connection.rows(
            "SELECT subject FROM rate_window WHERE newest <= $1 LIMIT 500",
            .integer(newest.nanoseconds)
        )
        return rows.map { $0[0] }
    }

    /// Forgets a subject, unless it was admitted after `newest`.
    func remove(_ subject: SQLValue, idleSince newest: Instant) throws(SQLError) {
        try connection.execute(
            "DELETE FROM rate_window WHERE subject = $1 AND newest <= $2",
            subject,
            .integer(newest.nanoseconds)
        )
    }
}
