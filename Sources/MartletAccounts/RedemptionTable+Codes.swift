import MartletCore
public import MartletStore

extension RedemptionTable {
    /// How many letters and digits a code has: nobody guesses one.
    public static let codeLength = 32

    /// Adds a code: its hash, and its last characters as the hint.
    ///
    /// - Throws: `StoreError` by cause.
    public func add(_ row: Row, code: String) throws(StoreError) {
        var row = row
        row.hint = "…" + code.suffix(4)
        _ = try add(row, hash: KeyHash(Secret(code)).text)
    }
}
