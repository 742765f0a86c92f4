import MartletCore
import MartletProviders
import MartletUpstream
import MartletWeb

/// One target's turn to answer a request.
///
/// Belongs to the thread of its request.
struct Attempt {
    /// Who is asked.
    let target: Target
    /// Whether nobody else can be asked: only then it is worth waiting for this one.
    let isLast: Bool
    /// When the client stops waiting.
    let deadline: ContinuousClock.Instant
    /// The client's side of the answer.
    let answer: any AnswerSink
    /// What it takes.
    let meter: AnswerMeter
    /// What is told of the request.
    let context: RequestContext

    /// The same turn, with the answer going elsewhere first.
    func into(_ other: any AnswerSink) -> Attempt {
        Attempt(
            target: target,
            isLast: isLast,
            deadline: deadline,
            answer: other,
            meter: meter,
            context: context
        )
    }

    /// What is left of the time at this moment.
    ///
    /// - Throws: `UpstreamFailure` of kind `timedOut` when nothing is left.
    func limits() throws(UpstreamFailure) -> UpstreamLimits {
        var limits = target.limits
        limits.total = min(limits.total, deadline - .now)
        guard limits.total > .zero else {
            var failure = UpstreamFailure(.timedOut, detail: "no time left")
            failure.wait = .total
            throw failure
        }
        return limits
    }

    /// Notes that a vendor is asked; `request` is nil where its answer is passed on as it is.
    func begin(_ request: ChatRequest?) {
        context.facts.attempts += 1
        meter.beginAttempt()
        answer.beginAttempt(request)
    }

    /// Does the work; what fails behind the end of the answer changes nothing any more, for SDKs hang up as soon as
    /// they have read it.
    func untilComplete(_ work: () throws -> Void) throws {
        do {
            try work()
        } catch  where answer.isComplete {
            return
        }
    }

    /// Passes on what `read` finds, also when it then fails: what came before an error has come.
    func take(_ read: (inout [ChatEvent]) throws(UpstreamFailure) -> Void) throws {
        var events: [ChatEvent] = []
        do throws(UpstreamFailure) {
            try read(&events)
        } catch {
            try deliver(events)
            throw error
        }
        try deliver(events)
    }

    /// Passes on bytes and notes what they mean, also when the vendor then fails: what came before has come.
    func pass(_ passage: PassedStream.Passage) throws {
        for event in passage.events { meter.add(event) }
        if !passage.bytes.isEmpty || !passage.events.isEmpty {
            try answer.pass(passage.bytes, meaning: passage.events)
        }
        if let failure = passage.failure { throw failure }
    }

    private func deliver(_ events: [ChatEvent]) throws(ClientGone) {
        guard !events.isEmpty else { return }
        for event in events { meter.add(event) }
        try answer.take(events) { meter.usage }
    }
}
