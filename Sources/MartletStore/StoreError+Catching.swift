extension StoreError {
    /// Runs statements, and sorts what they throw.
    static func catching<Result>(_ body: () throws -> Result) throws(StoreError) -> Result {
        do {
            return try body()
        } catch {
            throw StoreError(error)
        }
    }
}
