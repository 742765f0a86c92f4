/// A request's body that is produced while it is sent.
public struct Upload: Sendable {
    /// How many bytes it has, exactly.
    public var size: Int
    /// Starts at the first byte and returns what gives the next ones: at most as many as it is asked for, none at the
    /// end.
    ///
    /// Called again when the request is sent a second time.
    public var open: @Sendable () -> (Int) -> [UInt8]

    /// Describes a body.
    public init(size: Int, open: @escaping @Sendable () -> (Int) -> [UInt8]) {
        self.size = size
        self.open = open
    }
}
