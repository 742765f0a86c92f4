public import MartletCore

/// What proves, before there is an owner, that whoever sets the service up can read its files or its log.
///
/// Safe from any thread.
public struct SetupCode: Sendable {
    private let make: @Sendable () -> Void
    private let find: @Sendable () -> Secret?
    private let remove: @Sendable () -> Void

    /// - Parameters:
    ///   - prepare: makes the code where there is none, and tells the log.
    ///   - find: reads it; nil where there is none.
    ///   - forget: removes it.
    public init(
        prepare: @escaping @Sendable () -> Void,
        find: @escaping @Sendable () -> Secret?,
        forget: @escaping @Sendable () -> Void
    ) {
        make = prepare
        self.find = find
        remove = forget
    }

    /// Makes the code where there is none.
    public func prepare() { make() }

    /// Removes the code: it has done its work.
    public func forget() { remove() }

    /// Whether a text is the code.
    public func isRight(_ text: String) -> Bool {
        guard let code = find() else { return false }
        // Compared by their hashes: how long it takes tells nothing.
        return KeyHash(code) == KeyHash(Secret(text))
    }
}
