import HTTPTypes
import Logging
import MartletAccounts
import MartletCore
import MartletMeter
import MartletProviders
import MartletUpstream
import MartletWeb

/// One piece of work that takes long and costs money for each try: pictures, sounds, transcripts.
///
/// Belongs to the thread of its request.
final class Job {
    private static let longestAnswer = 32 << 20
    let gateway: Gateway
    let context: RequestContext
    let caller: Caller
    let client: SilentClient
    private let key: Secret
    private let request: Request
    /// What it took; the estimate until the vendor tells.
    var usage: TokenUsage?
    /// How many pictures it made.
    var images = 0
    private var bill: Bill?
    private var asked = ModelPrice.Work(.none)

    /// Finds out who asks.
    ///
    /// - Throws: `GatewayError` of kind `missingKey`.
    init(_ request: Request, gateway: Gateway, context: RequestContext) throws {
        self.gateway = gateway
        self.context = context
        self.request = request
        (caller, key) = try gateway.caller(of: request, in: context)
        client = SilentClient { context.clientDescriptor }
    }

    /// Finds the model, or takes the best that the catalogue has where none is named.
    ///
    /// - Throws: `GatewayError` that names the model.
    func plan(_ name: ModelName?, for use: ModelCard.Use) throws(GatewayError) -> JobTarget {
        let media = gateway.media
        context.facts.model = name?.text
        let target = try gateway.planner.plan(
            name,
            for: use,
            preferring: media.preferredModels(for: use),
            caller: caller,
            key: key,
            now: gateway.now()
        )
        context.facts.model = target.card.id.text
        context.facts.target = target.channel
        return JobTarget(name: name ?? target.card.id, target: target)
    }

    /// Does the work between the limits: counted before, corrected after, on every way out.
    ///
    /// `endpoint` names the window; `wish` is what may be done, its tokens the estimate. `work` tells the job what was done,
    /// calls `book`, and answers.
    func perform(
        endpoint: String,
        at target: JobTarget,
        wish: ModelPrice.Work,
        _ work: (WholeAnswers) throws -> Void
    ) throws {
        let tokens = wish.usage.input
        let admission = try gateway.limits.admit(caller, endpoint: endpoint, tokens: tokens, context: context)
        let bill = Bill(gateway.books, of: caller, for: request, in: context, endpoint: endpoint)
        self.bill = bill
        asked = wish
        var keepsEstimate = false
        defer {
            context.facts.usage = usage
            let taken = keepsEstimate ? nil : usage?.total ?? 0
            context.afterAnswer { [gateway] in gateway.limits.settle(admission, tokens: taken) }
        }
        try bill.reserve(at: target.target, model: target.name, least: wish, most: wish)
        do {
            try perform(work, by: target.target.proxy, keepsEstimate: &keepsEstimate)
            book()
        } catch {
            bill.close(after: error, work: done ?? ModelPrice.Work(.none), isEstimated: true)
            bill.setFields()
            throw error
        }
    }

    /// Books what was done, before the answer goes out.
    func book() {
        bill?.close(done ?? ModelPrice.Work(.none), isEstimated: false)
        bill?.setFields()
    }

    /// What was done; nil where nothing was, as far as is known.
    private var done: ModelPrice.Work? {
        guard let usage else { return nil }
        var done = asked
        (done.usage, done.images) = (usage, images)
        return done
    }

    private func perform(
        _ work: (WholeAnswers) throws -> Void,
        by proxy: String?,
        keepsEstimate: inout Bool
    ) throws {
        let answers = WholeAnswers(
            through: gateway.upstream,
            limits: gateway.jobLimits,
            by: proxy,
            watching: client
        )
        do {
            try work(answers)
        } catch let failure as UpstreamFailure {
            keepsEstimate = failure.kind == .timedOut
            let error = failure.gatewayError(from: gateway.media.name)
            if error.kind == .invalidKey { gateway.limits.countFailedAuthentication(of: caller) }
            throw error
        } catch let error as JobFailure {
            keepsEstimate = error.keepsEstimate
            if error.inner.kind == .invalidKey { gateway.limits.countFailedAuthentication(of: caller) }
            throw error.inner
        } catch let error as ClientGone {
            keepsEstimate = usage == nil
            throw error
        }
    }

    /// Sends the request that costs money, and reads its answer; again only where nothing can have happened.
    ///
    /// - Throws: `JobFailure`, `ClientGone`, and what `read` throws otherwise.
    func run<Result>(
        _ request: UpstreamRequest,
        calling answers: WholeAnswers,
        reading read: (UpstreamAnswer) throws -> Result
    ) throws -> Result {
        try attempt { try read(answers.call(request, limit: Self.longestAnswer)) }
    }

    /// Tries what costs money, as often as the policy allows.
    ///
    /// - Throws: `JobFailure`, `ClientGone`, and what `work` throws otherwise.
    func attempt<Result>(_ work: () throws -> Result) throws -> Result {
        let policy = gateway.retries
        var number = 0
        while true {
            number += 1
            context.facts.attempts += 1
            do {
                return try work()
            } catch let failure as UpstreamFailure {
                guard let pause = policy.pause(after: failure, try: number, of: .job) else {
                    throw JobFailure(
                        failure,
                        vendor: gateway.media.name,
                        mayHaveBegun: policy.mayHaveBegun(failure)
                    )
                }
                context.logger.debug(
                    "asking again",
                    metadata: ["request": .string(context.id.text), "reason": .string("\(failure)")]
                )
                try policy.wait(pause, watching: client)
            }
        }
    }

    /// Fetches a result that is paid for: no client should ask for it all again by itself.
    func fetch(_ address: String, calling answers: WholeAnswers) throws -> [UInt8] {
        do {
            return try gateway.results.fetch(address, calling: answers, watching: client)
        } catch let failure as UpstreamFailure {
            throw JobFailure(failure, vendor: gateway.media.name, mayHaveBegun: true)
        }
    }
}

/// Where a job goes.
struct JobTarget {
    /// The model, as the client names it.
    let name: ModelName
    let target: Target

    var model: ModelName { target.card.id }
    var endpoint: Endpoint { target.endpoint }
}

/// How a job failed that was sent.
struct JobFailure: Error {
    let inner: GatewayError
    /// The vendor may have worked for it.
    let keepsEstimate: Bool

    init(_ failure: UpstreamFailure, vendor: String, mayHaveBegun: Bool) {
        var error = failure.gatewayError(from: vendor)
        // An SDK asks again by itself after a 5xx, and each time may be paid for.
        if mayHaveBegun { error.shouldRetry = false }
        inner = error
        keepsEstimate = mayHaveBegun
    }
}
