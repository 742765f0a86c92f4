public import MartletCore

/// A vendor of pictures: what its models can do, how it is asked, where the pictures are.
///
/// Bytes only; what needs another request first does it through the caller that it is lent.
public protocol ImageAdapter: Sendable {
    /// Models to take when the client names none, best first.
    func preferredModels(for use: ModelCard.Use) -> [ModelName]

    /// Checks that the model can do what is asked, before anything is sent.
    ///
    /// - Throws: `GatewayError` of kind `invalidRequest` that names the field.
    func check(_ request: ImageRequest, model: ModelName) throws(GatewayError)

    /// The HTTP request that asks for the pictures, after the uploads that it needs.
    ///
    /// - Throws: `GatewayError`, `UpstreamFailure`, `ClientGone`.
    func imageJob(
        for request: ImageRequest,
        model: ModelName,
        at endpoint: Endpoint,
        calling caller: any UpstreamCaller
    ) throws -> UpstreamRequest

    /// Reads the answer to such a request.
    ///
    /// - Throws: what it says instead of pictures.
    func images(in answer: UpstreamAnswer, for request: ImageRequest) throws(UpstreamFailure) -> ImageAnswer
}

/// The pictures that a vendor made.
public struct ImageAnswer: Sendable, Equatable {
    /// Where they are: absolute addresses, as many as were asked for.
    public var addresses: [String]
    /// The tokens that they took; nil when the vendor does not say.
    public var usage: TokenUsage?

    /// Makes an answer.
    public init(addresses: [String], usage: TokenUsage? = nil) {
        self.addresses = addresses
        self.usage = usage
    }
}
