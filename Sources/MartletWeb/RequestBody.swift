import MartletCore

/// The body of a request.
///
/// It belongs to the thread of its request.
public protocol RequestBody: AnyObject {
    /// How many bytes the web server says there are; nil where it says nothing.
    var expectedCount: Int? { get }

    /// Reads the body to its end. The second call gives the same bytes.
    ///
    /// - Parameter limit: the most bytes to take.
    /// - Returns: the whole body.
    /// - Throws: `GatewayError` of kind `bodyTooLarge`; `ClientGone` when the web server hangs up before the end.
    func read(limit: Int) throws -> [UInt8]

    /// Reads the body to its end, piece by piece; afterwards it is gone, but for one that `read` has read or that is no
    /// longer than `memory`.
    ///
    /// - Parameters:
    ///   - limit: the most bytes to take.
    ///   - memory: a body of at most so many bytes comes as one piece.
    ///   - take: gets each piece.
    /// - Throws: as `read`, and what `take` throws.
    func readPieces(limit: Int, keeping memory: Int, _ take: ([UInt8]) throws -> Void) throws
}

extension RequestBody {
    /// By default nothing is said.
    public var expectedCount: Int? { nil }

    /// By default one piece.
    public func readPieces(limit: Int, keeping memory: Int, _ take: ([UInt8]) throws -> Void) throws {
        try take(read(limit: limit))
    }
}

/// A body without bytes.
public final class EmptyBody: RequestBody {
    /// Makes one.
    public init() {}

    /// No bytes.
    public func read(limit: Int) -> [UInt8] { [] }
}
