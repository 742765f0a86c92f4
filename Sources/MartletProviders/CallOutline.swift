public import MartletCore

/// The little of a request that decides where it goes.
public struct CallOutline: Sendable, Equatable {
    /// The model as the client names it.
    public var model: ModelName
    /// Whether the answer comes piece by piece.
    public var isStreaming: Bool
    /// Whether the client asks for a usage at the end of its stream.
    public var includesUsage: Bool

    /// Makes an outline.
    public init(model: ModelName, isStreaming: Bool = false, includesUsage: Bool = false) {
        self.model = model
        self.isStreaming = isStreaming
        self.includesUsage = includesUsage
    }
}

extension Surface {
    /// Reads `model`, `stream` and `stream_options.include_usage`, which most dialects have in the body.
    ///
    /// - Throws: `GatewayError` of kind `invalidRequest` that names the field.
    public func outline(_ body: JSON) throws(GatewayError) -> CallOutline {
        let body = BodyReader(body)
        guard body.value.objectValue != nil else { throw body.typeError("an object") }
        return CallOutline(
            model: try OpenAIChatMapping.modelName(body.required("model")),
            isStreaming: try body.field("stream")?.bool() ?? false,
            includesUsage: try OpenAIChatMapping.includesUsage(in: body)
        )
    }
}
