/// Bytes that lie somewhere else than in memory, and can be read again and again.
public protocol RandomAccessBytes: AnyObject, Sendable {
    /// The bytes from a place on, at most so many; fewer only at the end, and none where they cannot be read.
    func read(at offset: Int, count: Int) -> [UInt8]
}
