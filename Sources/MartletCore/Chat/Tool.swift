/// A function that the model may ask the client to call.
public struct Tool: Sendable, Equatable {
    /// Its name: letters, digits, `_` and `-`.
    public var name: String
    /// What it does, for the model.
    public var summary: String?
    /// The JSON schema of its arguments.
    public var parameters: JSON?

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

    /// Makes a call.
    public init(id: String, name: String, arguments: String) {
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

    /// Makes a result.
    public init(callID: String, text: String) {
        self.callID = callID
        self.text = text
    }
}

/// Whether the model must call a tool.
public enum ToolChoice: Sendable, Equatable {
    /// As it likes.
    case automatic
    /// Some tool.
    case required
    /// This one.
    case named(String)
}
