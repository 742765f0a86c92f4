/// What an account may do; the numbers are those of one-api and its heirs.
public enum Role: Int, Sendable, Comparable, CaseIterable {
    /// Uses models with own keys.
    case user = 1
    /// Manages users and channels.
    case admin = 10
    /// Manages everything, admins and settings included.
    case owner = 100

    /// Tells whether the left role may less.
    public static func < (left: Role, right: Role) -> Bool { left.rawValue < right.rawValue }

    /// The word for people and for the command line.
    public var word: String {
        switch self {
        case .user: "user"
        case .admin: "admin"
        case .owner: "owner"
        }
    }

    /// Reads a word; `root` and `superadmin` are what others call an owner.
    public init?(word: String) {
        switch word.lowercased() {
        case "user": self = .user
        case "admin": self = .admin
        case "owner", "root", "superadmin": self = .owner
        default: return nil
        }
    }

    /// Whether someone of this role may change an account of the other: only what is below, and an owner everyone.
    public func mayManage(_ other: Role) -> Bool { self == .owner || self == .admin && other < self }

    /// Whether someone of this role may give the other: never more than the own, and only an owner makes owners.
    public func mayGrant(_ other: Role) -> Bool { self == .owner || self == .admin && other < self }
}
