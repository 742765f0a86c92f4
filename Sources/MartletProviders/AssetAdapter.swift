public import HTTPTypes
public import MartletCore

/// A vendor that takes files before they are used, and names them.
///
/// Bytes only, no I/O.
public protocol AssetAdapter: Sendable {
    /// The vendor's name as people know it; it appears in error messages.
    var name: String { get }

    /// The HTTP request that uploads a file.
    func uploadRequest(for file: AssetFile, at endpoint: Endpoint) -> UpstreamRequest

    /// Reads the answer to an upload whose status was 2xx.
    ///
    /// - Throws: when it names no asset, or reports a failure.
    func asset(in body: [UInt8]) throws(UpstreamFailure) -> Asset

    /// The HTTP request that deletes a file; nil for one that cannot be.
    func deletionRequest(for asset: Asset, at endpoint: Endpoint) -> UpstreamRequest?

    /// What an answer with a status other than 2xx means.
    func failure(status: Int, fields: HTTPFields, body: [UInt8]) -> UpstreamFailure
}

/// A file on its way to a vendor.
public struct AssetFile: Sendable, Equatable {
    /// Its name; what is behind the last dot matters to vendors.
    public var name: String
    /// Its content type.
    public var type: String
    /// Its bytes.
    public var bytes: MediaBytes

    /// Describes a file.
    public init(name: String, type: String, bytes: MediaBytes) {
        self.name = name
        self.type = type
        self.bytes = bytes
    }
}
