public import MartletCore

/// A vendor of embeddings who does not speak OpenAI's dialect.
public protocol EmbeddingAdapter: Sendable {
    /// The HTTP request for the body of `POST /v1/embeddings`.
    ///
    /// - Throws: `GatewayError` of kind `invalidRequest` that names the field.
    func embeddingRequest(for body: JSON, model: ModelName, at endpoint: Endpoint) throws(GatewayError)
        -> UpstreamRequest

    /// The answer as OpenAI gives it, without a usage where the vendor tells none.
    ///
    /// - Throws: `UpstreamFailure` for what cannot be read.
    func embeddings(in answer: [UInt8], for body: JSON, model: ModelName) throws(UpstreamFailure)
        -> JSONObject
}
