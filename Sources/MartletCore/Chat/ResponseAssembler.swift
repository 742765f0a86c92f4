/// Folds the events of an answer into a whole one: an answer that is not streamed takes the same way as one that is.
public struct ResponseAssembler: Sendable {
    /// The text so far.
    public private(set) var text = ""
    /// The tools that were asked for so far.
    public private(set) var toolCalls: [ToolCall] = []
    /// Why the answer ended, once it has.
    public private(set) var finishReason: FinishReason?
    /// What it took, once the vendor has said so.
    public private(set) var usage: TokenUsage?

    /// Nothing yet.
    public init() {}

    /// Adds what happened.
    public mutating func add(_ event: ChatEvent) {
        switch event {
        case .text(let piece): text += piece
        case .toolCall(let call): toolCalls.append(call)
        case .finished(let reason): finishReason = reason
        case .usage(let reported): usage = reported
        }
    }
}
