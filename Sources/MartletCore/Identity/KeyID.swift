/// Names an API key that was issued here; 0 stands for none.
public struct KeyID: Sendable, Hashable {
    /// The number in the database.
    public let value: Int64

    /// Names a key.
    public init(_ value: Int64) { self.value = value }

    /// Keys that were not issued here.
    public static let none = KeyID(0)
}
