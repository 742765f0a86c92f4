/// A function that the model may ask the client to call.
public struct Tool: Sendable, Equatable {
    /// Its name: letters, digits, `_` and `-`.
    public var name: String
    /// What it does, for the model.
    public var summary: String?
    /// The JSON schema of its arguments.
    public var parameters: JSON?
    /// Whether the arguments must fit the schema to the letter; nil leaves it to the vendor.
    public var isStrict: Bool?
    /// Behind this tool the prompt may be kept.
    public var cachePoint: CachePoint?

    /// Makes a tool.
    public init(name: String, summary: String? = nil, parameters: JSON? = nil) {
        self.name = name
        self.summary = summary
        self.parameters = parameters
    }
}

/// A call that the model asked for.
public struct ToolCall: Sendable, Equatable {
    /// Pairs the call with its result.
    public var id: String
    /// Which tool.
    public var name: String
    /// The arguments as the model wrote them: JSON text, if the model was careful.
    public var arguments: String
    /// The seal on the thoughts that led to the call, where its vendor wants it back with the call.
    public var signature: ReasoningSignature?

    /// Makes a call.
    public init(id: String, name: String, arguments: String, signature: ReasoningSignature? = nil) {
        self.signature = signature
        self.id = id
        self.name = name
        self.arguments = arguments
    }
}

/// What a tool answered.
public struct ToolResult: Sendable, Equatable {
    /// Which call it answers.
    public var callID: String
    /// The answer.
    public var text: String
    /// Whether the tool failed.
    public var isError: Bool

    /// Makes a result.
    public init(callID: String, text: String, isError: Bool = false) {
        self.isError = isError
        self.callID = callID
        self.text = text
    }
}

extension ToolResult {
    /// The answer for a model that has no other place to learn that the tool failed.
    public var told: String { isError ? "Error: \(text)" : text }
}

/// Whether the model must call a tool.
public enum ToolChoice: Sendable, Equatable {
    /// As it likes.
    case automatic
    /// None, although there are some: the conversation may speak of them.
    case never
    /// Some tool.
    case required
    /// This one.
    case named(String)
}
