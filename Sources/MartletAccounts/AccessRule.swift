/// Whose key opens the channels that have keys of their own.
///
/// Keys are known by their hashes alone. Safe from any thread.
public struct AccessRule: Sendable, Equatable {
    private let known: Set<String>
    /// Whether any key opens them.
    public let isOpen: Bool

    /// Names the keys.
    ///
    /// - Parameters:
    ///   - known: hashes of the keys; see `KeyHash`.
    ///   - isOpen: whether any key will do.
    public init(known: Set<String> = [], isOpen: Bool = false) {
        self.known = known
        self.isOpen = isOpen
    }

    /// Whether a key is one of them.
    ///
    /// A hash is looked up, not the key: how long it takes tells nothing of a key that is known.
    public func knows(_ key: KeyHash) -> Bool { known.contains(key.text) }

    /// Whether no key opens them.
    public var isClosed: Bool { !isOpen && known.isEmpty }
}
