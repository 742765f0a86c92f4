import MartletCore
public import MartletWeb

/// A body that is there already.
public final class FixedBody: RequestBody {
    private let bytes: [UInt8]

    /// Wraps a text.
    public init(_ text: String) {
        bytes = Array(text.utf8)
    }

    /// The bytes.
    ///
    /// - Throws: `GatewayError` of kind `bodyTooLarge`.
    public func read(limit: Int) throws -> [UInt8] {
        guard bytes.count <= limit else { throw GatewayError(.bodyTooLarge, "too large") }
        return bytes
    }
}
