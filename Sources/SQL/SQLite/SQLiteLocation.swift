/// Where a SQLite database is, and how it is to be treated.
public struct SQLiteLocation: Sendable {
    /// What a committed transaction survives.
    public enum Durability: Sendable {
        /// The death of any process, not a power loss: for what is worthless after a reboot.
        case processDeath
        /// A power loss leaves the file whole; with a write-ahead log the last transactions may be missing.
        case powerLoss
    }

    /// The path of the file.
    public var path: String
    /// What a committed transaction survives.
    public var durability: Durability
    /// How long a statement waits for a lock that another connection holds.
    public var busyLimit: Duration
    /// How many bytes a page of a new file has: a power of two from 512.
    ///
    /// Every page that a transaction touches is summed and written as a whole.
    public var pageSize = 2_048

    /// Describes a database.
    public init(path: String, durability: Durability = .powerLoss, busyLimit: Duration = .seconds(5)) {
        self.path = path
        self.durability = durability
        self.busyLimit = busyLimit
    }
}
