import Logging
import MartletCore
import MartletMeter
import MartletProviders
import MartletUpstream
import MartletWeb

/// Brings a request to its answer: target by target, until one has begun to give it.
///
/// The first content is the commit point: what fails behind it ends the answer with an error, and nobody else is asked.
///
/// Here, in what calls it and in what it calls, what is done before the wait or behind it is not inlined: a stream waits in these frames, and
/// what they hold of the past is memory of every stream.
struct Relay: Sendable {
    let turns: Turns
    let limits: RequestLimits

    /// Carries one answer from the first target that gives one to the client.
    ///
    /// - Throws: `GatewayError` for what the client must be told, and has been told when the answer had begun;
    ///   `ClientGone` when it left before the end.
    func run(_ work: ChatWork, along route: TargetRoute, answering: Answering) throws {
        let answer = answering.answer
        var last: (failure: UpstreamFailure, target: Target)?
        do {
            while let target = route.next() {
                let receipt: AdmissionReceipt?
                if target.tokensPerMinute == nil {
                    receipt = nil
                } else if let entered = limits.enter(target, tokens: answering.meter.promptTokens) {
                    receipt = entered
                } else {
                    // It is full for this minute; another may have room.
                    last = (
                        UpstreamFailure(.rateLimited, text: "The channel is full.", retryAfter: .seconds(10)),
                        target
                    )
                    continue
                }
                defer { if let receipt { limits.settle(receipt, tokens: answering.meter.usage.total) } }
                do {
                    try ask(target, for: work, isLast: route.isLast, answering: answering)
                    return route.report(nil, of: target)
                } catch let failure as UpstreamFailure {
                    route.report(failure, of: target)
                    log(failure, of: target, answering.context)
                    last = (failure, target)
                    guard !answer.hasContent, failure.isOthersChance else { break }
                } catch let error as GatewayError where error.kind == .invalidRequest && !route.isLast {
                    // This vendor cannot do it; another may.
                    answering.context.logger.debug(
                        "passed over",
                        metadata: ["target": .string(target.channel), "reason": .string(error.message)]
                    )
                    last = nil
                    guard !answer.hasContent else { throw error }
                }
            }
            throw Self.error(last)
        } catch let gone as ClientGone {
            throw gone
        } catch {
            // Whatever it is, a stream that has begun must not end without a word.
            let failure =
                error as? GatewayError
                ?? GatewayError(.internalFailure, "The gateway failed.", detail: "\(error)")
            try answer.fail(failure)
            throw failure
        }
    }

    private func ask(_ target: Target, for work: ChatWork, isLast: Bool, answering: Answering) throws {
        let context = answering.context
        answering.bill.turn(to: target)
        context.facts.target = target.channel
        context.facts.model = target.card.id.text
        let attempt = Attempt(
            target: target,
            isLast: isLast,
            deadline: answering.deadline,
            answer: answering.answer,
            meter: answering.meter,
            context: context
        )
        var call = work.call
        call.model = target.card.id
        if let passing = try target.adapter.passThrough(call, at: target.endpoint) {
            return try turns.dispatcher.pass(passing, of: call, body: work.body, on: attempt)
        }
        try turns.run(work.chat(target), on: attempt)
    }

    @inline(never)
    private func log(_ failure: UpstreamFailure, of target: Target, _ context: RequestContext) {
        context.logger.debug(
            "target failed",
            metadata: [
                "request": .string(context.id.text), "target": .string(target.channel),
                "reason": .string("\(failure)"),
            ]
        )
    }

    @inline(never)
    static func error(_ last: (failure: UpstreamFailure, target: Target)?) -> GatewayError {
        guard let last else {
            return GatewayError(
                .unavailable,
                "Every channel for this model is resting after failures, or used up.",
                code: "no_channel_available",
                retryAfter: .seconds(5)
            )
        }
        let (failure, target) = last
        let vendor = target.adapter.name
        guard target.ownsKey, failure.kind == .keyRefused || failure.kind == .creditExhausted else {
            return failure.gatewayError(from: vendor)
        }
        // The client's own key is not at fault, and it must not look as if it were.
        let isRefused = failure.kind == .keyRefused
        return GatewayError(
            .upstreamFailure,
            isRefused
                ? "\(vendor) refuses the key that this gateway has for it."
                : "The account that this gateway has at \(vendor) has no credit left.",
            code: isRefused ? "upstream_auth_error" : "upstream_credentials_exhausted",
            detail: "\(failure)",
            shouldRetry: false
        )
    }
}

/// The client's side of a request that is being relayed.
struct Answering {
    /// Where the answer goes.
    let answer: any AnswerSink
    /// What it costs.
    let bill: Bill
    /// What it takes.
    let meter: AnswerMeter
    /// What is told of the request.
    let context: RequestContext
    /// When the client stops waiting.
    let deadline: ContinuousClock.Instant
}

/// What a client asks for: its body, and what it means.
struct ChatWork {
    /// What is known before anybody looks into the conversation.
    let call: ClientCall
    /// The body with some of its top-level members replaced and all other bytes as they came.
    let body: (_ members: JSONObject) -> [MediaBytes]
    /// What the body means, for a target to which it has to be translated.
    ///
    /// - Throws: `GatewayError` of kind `invalidRequest` for a body that only the client's own dialect understands.
    let chat: (Target) throws -> ChatRequest
}

extension UpstreamFailure {
    /// Whether somebody else may do better: not where the request itself is at fault.
    var isOthersChance: Bool { kind != .requestRefused }
}
