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
    private var isFinished = false
    private var earlierRounds: TokenUsage?

    init(promptTokens: TokenCount, counter: any TokenCounter) {
        self.promptTokens = promptTokens
        self.counter = counter
        counted = RunningTokenCount(counter)
    }

    /// Whether the vendor has said anything, in any round.
    var hasAnswer: Bool { hasText || earlierRounds != nil }

    @inline(never)
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
        case .finished:
            isFinished = true
        case .choice, .reasoningSignature, .redactedReasoning, .media, .logProbabilities, .carried,
            .choiceFinished:
            break
        }
    }

    /// A vendor is asked, or asked again: what another has reported does not count.
    func beginAttempt() {
        reported = nil
        isFinished = false
    }

    /// Whether some of it was counted here, because the vendor has not told all.
    var isEstimated: Bool { hasText && (reported == nil || !isFinished) }

    /// Ends the round: what comes now is another answer to another prompt.
    func beginRound(promptTokens: TokenCount) {
        earlierRounds = usage
        self.promptTokens = promptTokens
        counted = RunningTokenCount(counter)
        reported = nil
        isFinished = false
        hasText = false
    }

    /// The usage so far; nothing when there was no answer.
    var usage: TokenUsage {
        let none = TokenUsage(input: 0, output: 0)
        var round =
            reported ?? (hasText ? TokenUsage(input: promptTokens, output: counted.total) : none)
        // What a vendor tells at the beginning of an answer that breaks off is not what it has given.
        if !isFinished { round.output = max(round.output, counted.total) }
        return (earlierRounds ?? none) + round
    }
}
