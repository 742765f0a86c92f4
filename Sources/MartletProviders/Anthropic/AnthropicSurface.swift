public import MartletCore

/// Anthropic's Messages dialect, as clients speak it: `POST /v1/messages`.
///
/// Source: Anthropic's API reference, Messages, streaming messages and errors (2026-10).
public struct AnthropicSurface: Surface {
    /// `anthropic`.
    public let dialect = Dialect.anthropic

    /// Makes the dialect.
    public init() {}

    /// Reads a request; see `AnthropicMapping`.
    public func decode(_ body: JSON) throws(GatewayError) -> ChatRequest {
        try AnthropicMapping.request(from: BodyReader(body), needsLimit: true)
    }

    /// Reads a request of which only the tokens are counted: it needs no `max_tokens`.
    ///
    /// - Throws: `GatewayError` of kind `invalidRequest` that names the field.
    public func decodeForCounting(_ body: JSON) throws(GatewayError) -> ChatRequest {
        try AnthropicMapping.request(from: BodyReader(body), needsLimit: false)
    }

    /// Writes a `message` object.
    public func encode(_ response: ChatResponse, to request: ChatRequest) -> [UInt8] {
        var content = AnthropicMessage.blocks(of: response.first)
        if content.isEmpty { content = [["type": "text", "text": ""]] }
        var message = AnthropicMessage.opening(model: request.model)
        message["content"] = .array(content)
        message["stop_reason"] = AnthropicMessage.stopReason(response.finishReason)
        message["stop_sequence"] = AnthropicMessage.stopText(response.finishReason)
        message["usage"] = AnthropicMessage.usage(response.usage)
        return JSON.object(message).serialized()
    }

    /// Writes Anthropic's events.
    public func streamEncoder(for request: ChatRequest) -> any ChatEncoder {
        AnthropicStreamEncoder(request)
    }

    /// Writes `{"type":"error","error":{"type","message"},"request_id"}`.
    public func encode(_ error: GatewayError, request: RequestID) -> [UInt8] {
        AnthropicErrors.body(of: error, request: request).serialized()
    }
}
