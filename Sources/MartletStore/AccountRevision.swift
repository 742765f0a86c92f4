import Threading

/// Tells all processes that accounts, keys, groups or channels have changed: a number in memory that they share.
///
/// Who changes something moves it behind the transaction; who reads something first notes where it stands. Safe from any
/// thread and any process.
public final class AccountRevision: Sendable {
    private let words: SharedWords

    /// Maps the file.
    ///
    /// - Parameters:
    ///   - path: where it is.
    ///   - mayMake: whether it is made where it is missing; who only announces need not.
    public init?(path: String, mayMake: Bool) {
        guard mayMake || FileIdentity(path: path) != nil, let words = SharedWords(path: path, count: 1) else {
            return nil
        }
        self.words = words
    }

    /// Where it stands.
    public var current: UInt64 { words.load(0) }

    /// Moves it.
    public func move() { words.add(1, at: 0) }
}
