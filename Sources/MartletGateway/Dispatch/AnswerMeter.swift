import MartletCore
import MartletMeter

/// What an answer has taken so far: as the vendor reports it, else counted.
///
/// An answer may need several rounds at the vendor: what they take is added up. Belongs to the thread of its request.
final class AnswerMeter {
    private let counter: any TokenCounter
    private(set) var promptTokens: TokenCount
    private var counted: RunningTokenCount
    private var reported: TokenUsage?
    private var hasText = false
    private var earlierRounds: TokenUsage?

    init(promptTokens: TokenCount, counter: any TokenCounter) {
        self.promptTokens = promptTokens
        self.counter = counter
        counted = RunningTokenCount(counter)
    }

    /// Whether the vendor has said anything, in any round.
    var hasAnswer: Bool { hasText || earlierRounds != nil }

    func add(_ event: ChatEvent) {
        switch event {
        case .text(let piece), .refusal(let piece), .reasoning(let piece), .arguments(let piece):
            hasText = true
            counted.add(piece)
        case .toolCall(let call):
            hasText = true
            counted.add(call.name + call.arguments)
        case .usage(let usage):
            reported = usage
        case .choice, .reasoningSignature, .redactedReasoning, .media, .logProbabilities, .carried,
            .choiceFinished, .finished:
            break
        }
    }

    /// A vendor is asked, or asked again: what another has reported does not count.
    func beginAttempt() { reported = nil }

    /// Ends the round: what comes now is another answer to another prompt.
    func beginRound(promptTokens: TokenCount) {
        earlierRounds = usage
        self.promptTokens = promptTokens
        counted = RunningTokenCount(counter)
        reported = nil
        hasText = false
    }

    /// The usage so far; nothing when there was no answer.
    var usage: TokenUsage {
        let none = TokenUsage(input: 0, output: 0)
        let round =
            reported ?? (hasText ? TokenUsage(input: promptTokens, output: counted.total) : none)
        return (earlierRounds ?? none) + round
    }
}
