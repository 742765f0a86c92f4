public import MartletCore

/// Gemini's dialect, as clients speak it: `POST /v1beta/models/{model}:generateContent` and `:streamGenerateContent`.
///
/// The address says which model is asked and whether the answer comes in pieces.
///
/// Source: Google's reference of the Gemini API, v1beta (2026-10).
public struct GeminiSurface: Surface {
    /// `gemini`.
    public let dialect = Dialect.gemini
    private let model: ModelName
    private let isStreaming: Bool
    private let writesEvents: Bool

    /// Takes what the address says.
    ///
    /// - Parameters:
    ///   - model: without `models/`.
    ///   - isStreaming: whether the answer comes in pieces.
    ///   - writesEvents: whether the pieces are events (`alt=sse`), and not the members of one list.
    public init(model: ModelName, isStreaming: Bool, writesEvents: Bool = true) {
        self.model = model
        self.isStreaming = isStreaming
        self.writesEvents = writesEvents
    }

    /// The dialect for errors alone.
    public init() {
        self.init(model: "", isStreaming: false)
    }

    /// What the address says.
    public func outline(_ body: JSON) throws(GatewayError) -> CallOutline {
        var outline = CallOutline(model: model, isStreaming: isStreaming)
        outline.includesUsage = true
        return outline
    }

    /// Reads a request; see `GeminiMapping`.
    public func decode(_ body: JSON) throws(GatewayError) -> ChatRequest {
        try GeminiMapping(BodyReader(body), model: model, isStreaming: isStreaming).chat
    }

    /// Writes a `GenerateContentResponse`.
    public func encode(_ response: ChatResponse, to request: ChatRequest) -> [UInt8] {
        let candidates = response.choices.enumerated().map { index, choice in
            let parts = choice.parts.compactMap(GeminiAnswers.part)
            return GeminiAnswers.candidate(parts: parts, index: index, reason: choice.finishReason)
        }
        let object: JSON = [
            "candidates": .array(candidates), "usageMetadata": GeminiAnswers.usage(response.usage),
            "modelVersion": .string(request.model.text), "responseId": .string(RandomText.alphanumeric(22)),
        ]
        return object.serialized()
    }

    /// Writes partial answers.
    public func streamEncoder(for request: ChatRequest) -> any ChatEncoder {
        GeminiStreamEncoder(request, writesEvents: writesEvents)
    }

    /// Writes `{"error":{"code","message","status","details"}}`.
    public func encode(_ error: GatewayError, request: RequestID) -> [UInt8] {
        GeminiErrors.body(of: error).serialized()
    }
}
