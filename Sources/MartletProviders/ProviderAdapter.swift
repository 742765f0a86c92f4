public import HTTPTypes
public import MartletCore

/// A vendor of chat models: how it is asked, how its answer is read, what its errors mean.
///
/// Bytes only, no I/O.
public protocol ProviderAdapter: Sendable {
    /// The vendor's name as people know it; it appears in error messages.
    var name: String { get }

    /// What the vendor's own chat is spoken in.
    var dialect: Dialect { get }

    /// How a request of a client goes on that this vendor takes as it is; nil where it has to be translated.
    ///
    /// - Throws: `GatewayError` of kind `invalidRequest` for what this vendor cannot do.
    func passThrough(_ call: ClientCall, at endpoint: Endpoint) throws(GatewayError) -> PassThrough?

    /// Reads an answer that is passed on as it is, for what it took and how it ended.
    ///
    /// Only asked for what `passThrough` has taken.
    func reader(of call: ClientCall, contentType: String?) -> any ChatDecoder

    /// Does what must be done before an answer can be asked for: the media of `request`, whose content is known, become
    /// assets of the vendor.
    ///
    /// - Throws: `GatewayError` of kind `invalidRequest` for media that this vendor does not take; `UpstreamFailure`;
    ///   `ClientGone`.
    func prepare(
        _ request: ChatRequest,
        at endpoint: Endpoint,
        keeping assets: any AssetKeeper
    ) throws -> ChatRequest

    /// The HTTP request that asks for an answer.
    ///
    /// - Throws: `GatewayError` of kind `invalidRequest` for what this vendor cannot do.
    func upstreamRequest(for request: ChatRequest, at endpoint: Endpoint) throws(GatewayError)
        -> UpstreamRequest

    /// Reads the answer to `request`, whose content type is given as sent.
    func decoder(for request: ChatRequest, contentType: String?) -> any ChatDecoder

    /// What an answer with a status other than 2xx means.
    func failure(status: Int, fields: HTTPFields, body: [UInt8]) -> UpstreamFailure

    /// The request to try once more after `failure`, where the vendor is known to take less than was asked; else nil.
    func amended(_ request: ChatRequest, after failure: UpstreamFailure) -> ChatRequest?

    /// The same for a request that is passed on as it is.
    func amended(_ passing: PassThrough, after failure: UpstreamFailure) -> PassThrough?

    /// Whether the vendor fetches a file at a client's address itself, so that nobody here has to.
    func takesAddress(of media: Media) -> Bool

    /// Whether the vendor's chat takes one text and gives one: tools, and forms of the answer, are then emulated.
    var isTextOnly: Bool { get }

    /// Asks which models a key may use: see `VendorModelNames` for the answer; nil where the vendor does not tell.
    func modelList(at endpoint: Endpoint) -> UpstreamRequest?
}

extension ProviderAdapter {
    /// By default everything is translated.
    public func passThrough(_ call: ClientCall, at endpoint: Endpoint) throws(GatewayError) -> PassThrough? {
        nil
    }

    /// By default nothing is passed through, and nothing to be read.
    public func reader(of call: ClientCall, contentType: String?) -> any ChatDecoder { NoAnswer() }

    /// By default nothing can be left out.
    public func amended(_ request: ChatRequest, after failure: UpstreamFailure) -> ChatRequest? { nil }
}

extension ProviderAdapter {
    /// By default nothing can be left out.
    public func amended(_ passing: PassThrough, after failure: UpstreamFailure) -> PassThrough? { nil }

    /// By default files are fetched here.
    public func takesAddress(of media: Media) -> Bool { false }

    /// By default a vendor has all of this itself.
    public var isTextOnly: Bool { false }

    /// By default a vendor does not tell.
    public func modelList(at endpoint: Endpoint) -> UpstreamRequest? { nil }
}

/// Reads nothing and knows no end.
private struct NoAnswer: ChatDecoder {
    mutating func decode(_ bytes: [UInt8], into events: inout [ChatEvent]) {}
    mutating func finish(into events: inout [ChatEvent]) throws(UpstreamFailure) {
        throw UpstreamFailure(.serverFailed, detail: "an answer that nobody reads")
    }
}
