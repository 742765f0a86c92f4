public import MartletCore

/// OpenAI's Responses dialect, as clients speak it: `POST /v1/responses`.
///
/// Source: OpenAI's API reference, Responses and its streaming events (2026-10).
public struct ResponsesSurface: Surface {
    /// `openai-responses`.
    public let dialect = Dialect.openAIResponses
    private let now: @Sendable () -> Int

    /// - Parameter now: the time in seconds since 1970, for `created_at`.
    public init(now: @escaping @Sendable () -> Int) {
        self.now = now
    }

    /// Reads a request; see `ResponsesMapping`.
    public func decode(_ body: JSON) throws(GatewayError) -> ChatRequest {
        var request = try ResponsesMapping.request(from: BodyReader(body))
        request.identity = AnswerIdentity(created: now())
        return request
    }

    /// Writes a `response` object.
    ///
    /// It is the same, item ids included, as the one that ends a stream.
    public func encode(_ response: ChatResponse, to request: ChatRequest) -> [UInt8] {
        ResponsesObject(request).complete(response).serialized()
    }

    /// Writes OpenAI's events.
    public func streamEncoder(for request: ChatRequest) -> any ChatEncoder {
        ResponsesStreamEncoder(request)
    }

    /// Writes OpenAI's error object.
    public func encode(_ error: GatewayError, request: RequestID) -> [UInt8] {
        OpenAIErrors.body(of: error, request: request)
    }
}
