public import HTTPTypes

/// A vendor of pictures and sounds.
public protocol MediaAdapter: ImageAdapter, AudioAdapter {
    /// The vendor's name as people know it; it appears in error messages.
    var name: String { get }

    /// What an answer with a status other than 2xx means.
    func failure(status: Int, fields: HTTPFields, body: [UInt8]) -> UpstreamFailure
}
