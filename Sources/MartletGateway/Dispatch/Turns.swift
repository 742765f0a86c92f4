import Logging
import MartletCore
import MartletMeter
import MartletProviders
import MartletWeb

/// Brings a request to its answer: in one round at the vendor, or in two where an answer must have a form.
struct Turns: Sendable {
    let dispatcher: Dispatcher
    let catalogue: CatalogueKeeper
    let tokens: TokenCounters

    /// The request as it goes to the model: what is counted.
    func prepared(_ chat: ChatRequest, for target: Target) -> ChatRequest {
        guard !chat.tools.isEmpty, catalogue.catalogue.emulatesTools(target.card.id) else { return chat }
        return ToolEmulation(chat)?.request(for: chat) ?? chat
    }

    /// Carries one answer from the vendor to the client.
    ///
    /// - Throws: see `Dispatcher.run`.
    func run(
        _ chat: ChatRequest,
        at target: Target,
        into answer: any AnswerSink,
        meter: AnswerMeter,
        context: RequestContext
    ) throws {
        let emulatesTools = catalogue.catalogue.emulatesTools(target.card.id)
        guard let refinement = AnswerRefinement(chat, emulatesTools: emulatesTools) else {
            return try dispatcher.run(chat, at: target, into: answer, meter: meter, context: context)
        }
        let request = refinement.request(for: chat)
        let first = HeldAnswer(for: answer)
        try dispatcher.run(request, at: target, into: first, meter: meter, context: context)
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
        try dispatcher.run(again, at: target, into: second, meter: meter, context: context)
        switch refinement.judge(second.assembler) {
        case .good(let events):
            try answer.take(events) { meter.usage }
        case .unfit(let problem):
            do {
                try answer.take(refinement.lastResort(second.assembler, problem: problem)) { meter.usage }
            } catch let error as GatewayError {
                try answer.fail(error)
                throw error
            }
        }
    }
}
