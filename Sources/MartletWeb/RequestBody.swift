import MartletCore

/// The body of a request.
///
/// It belongs to the thread of its request.
public protocol RequestBody: AnyObject {
    /// Reads the body to its end. The second call gives the same bytes.
    ///
    /// - Parameter limit: the most bytes to take.
    /// - Returns: the whole body.
    /// - Throws: `GatewayError` of kind `bodyTooLarge`; `ClientGone` when the web server hangs up before the end.
    func read(limit: Int) throws -> [UInt8]
}

/// A body without bytes.
public final class EmptyBody: RequestBody {
    /// Makes one.
    public init() {}

    /// No bytes.
    public func read(limit: Int) -> [UInt8] { [] }
}
