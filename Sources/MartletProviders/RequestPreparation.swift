public import MartletCore

/// Lends an adapter what it needs before a request can be made: files at the vendor.
///
/// Adapters do no I/O themselves. Belongs to the thread of its request.
public protocol AssetKeeper {
    /// The asset of a file: one that is known from before, or a new upload.
    ///
    /// - Throws: `UpstreamFailure` when the vendor refuses it; `ClientGone`.
    func asset(
        of content: MediaContent,
        through adapter: any AssetAdapter,
        at endpoint: Endpoint
    ) throws -> Asset
}

extension ProviderAdapter {
    /// By default nothing is prepared.
    public func prepare(
        _ request: ChatRequest,
        at endpoint: Endpoint,
        keeping assets: any AssetKeeper
    ) throws -> ChatRequest {
        request
    }
}
