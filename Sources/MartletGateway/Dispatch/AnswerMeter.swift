import MartletCore
import MartletMeter

/// What an answer has taken so far: as the vendor reports it, else counted.
///
/// Belongs to the thread of its request.
final class AnswerMeter {
    private let promptTokens: TokenCount
    private var counted: RunningTokenCount
    private var reported: TokenUsage?
    private(set) var hasAnswer = false

    init(promptTokens: TokenCount, counter: any TokenCounter) {
        self.promptTokens = promptTokens
        counted = RunningTokenCount(counter)
    }

    func add(_ event: ChatEvent) {
        switch event {
        case .text(let piece):
            hasAnswer = true
            counted.add(piece)
        case .usage(let usage):
            reported = usage
        case .finished:
            break
        }
    }

    /// The usage so far; nothing when there was no answer.
    var usage: TokenUsage {
        if let reported { return reported }
        return hasAnswer
            ? TokenUsage(input: promptTokens, output: counted.total) : TokenUsage(input: 0, output: 0)
    }
}
