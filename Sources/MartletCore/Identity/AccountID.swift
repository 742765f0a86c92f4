/// Names an account; 0 stands for nobody's.
public struct AccountID: Sendable, Hashable {
    /// The number in the database.
    public let value: Int64

    /// Names an account.
    public init(_ value: Int64) { self.value = value }

    /// Callers without an account: those who bring a vendor's key, and keys from the settings file.
    public static let none = AccountID(0)
}
