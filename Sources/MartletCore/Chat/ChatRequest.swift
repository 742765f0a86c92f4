/// A request for the next message of a conversation, in nobody's dialect.
///
/// Every client dialect is decoded into it and every vendor's request is made from it, so that a new dialect or a
/// new vendor is an addition and never a pair.
public struct ChatRequest: Sendable, Equatable {
    /// The model as the client named it; a plan replaces it by the vendor's name.
    public var model: ModelName
    /// The conversation so far, oldest first; never empty.
    public var messages: [Message]
    /// What the model may call.
    public var tools: [Tool] = []
    /// Whether it must.
    public var toolChoice = ToolChoice.automatic
    /// Whether it may call several in one answer; nil leaves it to the vendor.
    public var callsToolsInParallel: Bool?
    /// How the next token is chosen.
    public var sampling = Sampling()
    /// What form the answer must have.
    public var output = OutputFormat.text
    /// How much the model shall think.
    public var reasoning = Reasoning()
    /// The longest answer, in tokens.
    public var maximumTokens: Int?
    /// How many answers.
    public var choices = 1
    /// Whether the answer comes piece by piece.
    public var isStreaming = false
    /// Whether a stream ends with a chunk that carries the usage.
    public var includesUsage = false
    /// Whether the model looks things up on the web first.
    public var webSearch: WebSearch?
    /// The earlier answer that this request goes on from; nil for none.
    public var previousResponse: String?
    /// Whether the answer is kept, so that a later request can go on from it.
    public var isStored = false
    /// Who of the client's users asks, in the client's words; nil where it does not say.
    public var user: String?
    /// What the client calls the beginning of the prompt, so that the same cache is found again; nil for nothing.
    public var cacheKey: String?
    /// Facts about the request that the client wants kept with it, text by text.
    public var metadata: [String: String] = [:]
    /// What the answer is called.
    public var identity = AnswerIdentity()
    /// Instructions that stand above the conversation and do not belong to it; nil for none.
    public var instructions: String?
    /// The prompt's tokens as counted before it is sent; 0 until then.
    public var promptTokens: TokenCount = 0
    /// Fields of the client's body that its dialect repeats in the answer, as they came.
    public var echo = JSONObject()

    /// Makes a request; the other fields have defaults.
    public init(model: ModelName, messages: [Message]) {
        self.model = model
        self.messages = messages
    }
}
