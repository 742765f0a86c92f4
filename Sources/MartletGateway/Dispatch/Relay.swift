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
        do {
            var last: LastFailure?
            while let target = route.next() {
                guard let entry = enter(target, answering, &last) else { continue }
                defer { leave(entry, answering) }
                do {
                    try ask(target, for: work, isLast: route.isLast, answering: answering)
                    return route.report(nil, of: target)
                } catch {
                    guard try mayGoOn(after: error, of: target, along: route, answering, &last) else { break }
                }
            }
            throw Self.error(last)
        } catch let gone as ClientGone {
            throw gone
        } catch {
            throw try tell(error, answering)
        }
    }

    /// Counts the request at a target that has limits of its own; nil where it is full for this minute, and another may
    /// have room.
    @inline(never)
    private func enter(_ target: Target, _ answering: Answering, _ last: inout LastFailure?) -> Entry? {
        guard target.tokensPerMinute != nil else { return Entry(receipt: nil) }
        if let receipt = limits.enter(target, tokens: answering.meter.promptTokens) {
            return Entry(receipt: receipt)
        }
        last = LastFailure(
            UpstreamFailure(.rateLimited, text: "The channel is full.", retryAfter: .seconds(10)),
            of: target
        )
        return nil
    }

    @inline(never)
    private func leave(_ entry: Entry, _ answering: Answering) {
        guard let receipt = entry.receipt else { return }
        limits.settle(receipt, tokens: answering.meter.usage.total)
    }

    /// Whether another target may be asked after an error.
    ///
    /// - Throws: the error, where it ends the request.
    @inline(never)
    private func mayGoOn(
        after error: any Error,
        of target: Target,
        along route: TargetRoute,
        _ answering: Answering,
        _ last: inout LastFailure?
    ) throws -> Bool {
        let hasContent = answering.answer.hasContent
        if let failure = error as? UpstreamFailure {
            route.report(failure, of: target)
            log(failure, of: target, answering.context)
            last = LastFailure(failure, of: target)
            return !hasContent && failure.isOthersChance
        }
        guard let refusal = error as? GatewayError, refusal.kind == .invalidRequest, !route.isLast else {
            throw error
        }
        // This vendor cannot do it; another may.
        answering.context.logger.debug(
            "passed over",
            metadata: ["target": .string(target.channel), "reason": .string(refusal.message)]
        )
        last = nil
        guard !hasContent else { throw refusal }
        return true
    }

    /// Tells the client, and returns what it was told: whatever it is, a stream that has begun must not end without a word.
    @inline(never)
    private func tell(_ error: any Error, _ answering: Answering) throws(ClientGone) -> GatewayError {
        let failure =
            error as? GatewayError
            ?? GatewayError(.internalFailure, "The gateway failed.", detail: "\(error)")
        try answering.answer.fail(failure)
        return failure
    }

    @inline(never)
    private func ask(_ target: Target, for work: ChatWork, isLast: Bool, answering: Answering) throws {
        let attempt = begin(target, isLast: isLast, answering)
        if try pass(work, on: attempt) { return }
        try turns.run(work.chat(target), on: attempt)
    }

    @inline(never)
    private func begin(_ target: Target, isLast: Bool, _ answering: Answering) -> Attempt {
        let context = answering.context
        answering.bill.turn(to: target)
        context.facts.target = target.channel
        context.facts.model = target.card.id.text
        return Attempt(
            target: target,
            isLast: isLast,
            deadline: answering.deadline,
            answer: answering.answer,
            meter: answering.meter,
            context: context
        )
    }

    /// Passes the body on as it is, to a vendor who understands it; else returns false.
    @inline(never)
    private func pass(_ work: ChatWork, on attempt: Attempt) throws -> Bool {
        let target = attempt.target
        var call = work.call
        call.model = target.card.id
        guard let passing = try target.adapter.passThrough(call, at: target.endpoint) else { return false }
        try turns.dispatcher.pass(passing, of: call, body: work.body, on: attempt)
        return true
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
    static func error(_ last: LastFailure?) -> GatewayError {
        guard let last else {
            return GatewayError(
                .unavailable,
                "Every channel for this model is resting after failures, or used up.",
                code: "no_channel_available",
                retryAfter: .seconds(5)
            )
        }
        let (failure, target) = (last.failure, last.target)
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

/// What counts a request at a target; nothing where the target has no limits.
private struct Entry {
    let receipt: AdmissionReceipt?
}

/// Why the latest target has not answered.
///
/// An object: a stream that waits need not hold room for it.
final class LastFailure {
    let failure: UpstreamFailure
    let target: Target

    init(_ failure: UpstreamFailure, of target: Target) {
        self.failure = failure
        self.target = target
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
