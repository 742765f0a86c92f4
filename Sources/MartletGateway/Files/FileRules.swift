/// What clients may keep here.
public struct FileRules: Sendable, Equatable {
    /// The largest file, in bytes.
    public var sizeLimit: Int
    /// What all files of one caller may have together, in bytes.
    public var quota: Int
    /// How long a file is kept unless the client wants it shorter, in seconds.
    public var keptFor: Int

    /// Makes rules.
    public init(sizeLimit: Int = 50 << 20, quota: Int = 1 << 30, keptFor: Int = 30 * 86_400) {
        self.sizeLimit = sizeLimit
        self.quota = quota
        self.keptFor = keptFor
    }
}
