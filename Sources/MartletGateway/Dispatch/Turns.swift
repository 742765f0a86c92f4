import Logging
import MartletCore
import MartletMeter
import MartletProviders
import MartletWeb

/// Brings a translated request to its answer at one target: in one round, or in two where a vendor without forms of its
/// own must give the answer one.
struct Turns: Sendable {
    let dispatcher: Dispatcher
    let catalogue: CatalogueKeeper
    let tokens: TokenCounters

    /// The request as it goes to the model: what is counted.
    func prepared(_ chat: ChatRequest, for target: Target) -> ChatRequest {
        guard !chat.tools.isEmpty, emulatesTools(target) else { return chat }
        return ToolEmulation(chat)?.request(for: chat) ?? chat
    }

    /// Carries one answer from the vendor to the client.
    ///
    /// - Throws: see `Dispatcher.run`.
    func run(_ chat: ChatRequest, on attempt: Attempt) throws {
        guard attempt.target.adapter.isTextOnly,
            let refinement = AnswerRefinement(chat, emulatesTools: emulatesTools(attempt.target))
        else { return try dispatcher.run(chat, on: attempt) }
        try run(chat, refining: refinement, on: attempt)
    }

    /// Holds the answer back, and asks once more where it has not the form that is wanted.
    @inline(never)
    private func run(_ chat: ChatRequest, refining refinement: AnswerRefinement, on attempt: Attempt) throws {
        let (answer, meter, context) = (attempt.answer, attempt.meter, attempt.context)
        let request = refinement.request(for: chat)
        let first = HeldAnswer(for: answer)
        try dispatcher.run(request, on: attempt.into(first))
        let problem: String
        switch refinement.judge(first.assembler) {
        case .good(let events): return try answer.take(events) { meter.usage }
        case .unfit(let found): problem = found
        }
        context.logger.debug("asking again", metadata: ["request": .string(context.id.text)])
        let again = refinement.request(request, after: first.assembler.text, problem: problem)
        let counter = tokens.counter(model: again.model.text)
        meter.beginRound(promptTokens: ChatTokens.count(again, with: counter))
        let second = HeldAnswer(for: answer)
        try dispatcher.run(again, on: attempt.into(second))
        switch refinement.judge(second.assembler) {
        case .good(let events):
            try answer.take(events) { meter.usage }
        case .unfit(let problem):
            try answer.take(refinement.lastResort(second.assembler, problem: problem)) { meter.usage }
        }
    }

    private func emulatesTools(_ target: Target) -> Bool {
        target.adapter.isTextOnly && catalogue.catalogue.emulatesTools(target.card.id)
    }
}
