import HTTPTypes
import Logging
import MartletCore
import MartletProviders
import MartletUpstream
import MartletWeb

/// Asks one target, and asks it again where that may help, until the first content has come.
struct Dispatcher: Sendable {
    /// The client's body, with some of its top-level members replaced.
    typealias Body = (_ members: JSONObject) -> [MediaBytes]

    let upstream: any Upstream
    let attachments: MediaServices
    let retries: RetryPolicy

    /// Carries one answer from the vendor to the client, translated.
    ///
    /// - Throws: `UpstreamFailure` when the vendor refuses, fails, or breaks off; `GatewayError` for what this vendor
    ///   cannot be asked; `ClientGone` when the client left before the end.
    func run(_ request: ChatRequest, on attempt: Attempt) throws {
        let tried = Tries(request)
        try attempt.untilComplete {
            while true {
                do {
                    return try ask(try question(tried, on: attempt), on: attempt)
                } catch let failure as UpstreamFailure {
                    guard !attempt.answer.hasContent, try mayTryAgain(after: failure, tried, on: attempt)
                    else {
                        throw failure
                    }
                }
            }
        }
    }

    /// Carries one answer from the vendor to the client, byte for byte.
    ///
    /// - Throws: see `run`.
    func pass(_ passing: PassThrough, of call: ClientCall, body: Body, on attempt: Attempt) throws {
        var passing = passing
        var number = 0
        try attempt.untilComplete {
            while true {
                do {
                    number += 1
                    return try hand(passing, of: call, body: body, on: attempt)
                } catch let failure as UpstreamFailure {
                    guard !attempt.answer.hasContent else { throw failure }
                    if let amended = attempt.target.adapter.amended(passing, after: failure),
                        amended != passing
                    {
                        log("asking again with less", failure, attempt.context)
                        passing = amended
                        continue
                    }
                    guard try maySwallow(failure, number, on: attempt) else { throw failure }
                }
            }
        }
    }

    /// Changes what is sent, or waits, where one of them may help; only before the first content.
    ///
    /// - Throws: `ClientGone` when the client leaves meanwhile.
    @inline(never)
    private func mayTryAgain(
        after failure: UpstreamFailure,
        _ tried: Tries,
        on attempt: Attempt
    ) throws -> Bool {
        let target = attempt.target
        if let amended = target.adapter.amended(tried.request, after: failure), amended != tried.request {
            log("asking again with less", failure, attempt.context)
            tried.request = amended
            return true
        }
        if !tried.hasForgotten, failure.kind == .requestRefused,
            let again = attachments.forgetting(tried.request, at: target, logger: attempt.context.logger)
        {
            (tried.request, tried.isPrepared, tried.hasForgotten) = (again, false, true)
            return true
        }
        return try maySwallow(failure, tried.number, on: attempt)
    }

    /// Waits where the same target may do better in a moment, and nobody else can be asked.
    @inline(never)
    private func maySwallow(_ failure: UpstreamFailure, _ number: Int, on attempt: Attempt) throws -> Bool {
        guard attempt.isLast, let pause = retries.pause(after: failure, try: number, of: .chat) else {
            return false
        }
        log("asking again", failure, attempt.context)
        try retries.wait(pause, watching: attempt.answer)
        return true
    }

    private func log(_ message: Logger.Message, _ failure: UpstreamFailure, _ context: RequestContext) {
        context.logger.debug(
            message,
            metadata: ["request": .string(context.id.text), "reason": .string("\(failure)")]
        )
    }

    /// Brings the request's files to the vendor, on its own share of the time.
    @inline(never)
    private func prepare(_ request: ChatRequest, on attempt: Attempt) throws -> ChatRequest {
        try attachments.prepare(
            request,
            at: attempt.target,
            calling: WholeAnswers(
                through: upstream,
                limits: attempt.limits(),
                by: attempt.target.proxy,
                watching: attempt.answer
            ),
            watching: attempt.answer,
            logger: attempt.context.logger
        )
    }

    /// What is sent next.
    @inline(never)
    private func question(_ tried: Tries, on attempt: Attempt) throws -> Question {
        tried.number += 1
        if !tried.isPrepared {
            tried.request = try prepare(tried.request, on: attempt)
            tried.isPrepared = true
        }
        let (target, request) = (attempt.target, tried.request)
        attempt.begin(request)
        var sent = try target.adapter.upstreamRequest(for: request, at: target.endpoint)
        sent.proxy = target.proxy
        return Question(
            request: sent,
            reading: AnswerReading(from: target.adapter) { [adapter = target.adapter] in
                adapter.decoder(for: request, contentType: $0)
            }
        )
    }

    private func ask(_ question: Question, on attempt: Attempt) throws {
        try upstream.send(question.request, limits: attempt.limits(), watching: attempt.answer) { piece in
            try attempt.take { events throws(UpstreamFailure) in
                _ = try question.reading.take(piece, into: &events)
            }
        }
        try attempt.take { events throws(UpstreamFailure) in try question.reading.finish(into: &events) }
    }

    private func hand(
        _ passing: PassThrough,
        of call: ClientCall,
        body: Body,
        on attempt: Attempt
    ) throws {
        let target = attempt.target
        attempt.begin(nil)
        var request = passing.request
        request.proxy = target.proxy
        let pieces = body(passing.members)
        // One piece in memory is sent without a detour.
        if pieces.count == 1, let bytes = pieces[0].inMemory {
            request.body = bytes
        } else {
            request.pieces = pieces
        }
        let reading = AnswerReading(from: target.adapter) { contentType in
            attempt.answer.passHead(contentType: contentType)
            return target.adapter.reader(of: call, contentType: contentType)
        }
        var stream = PassedStream(reading, isSplit: call.isStreaming, hidesUsage: passing.hidesUsage)
        try upstream.send(request, limits: attempt.limits(), watching: attempt.answer) { piece in
            try attempt.pass(stream.take(piece))
        }
        try attempt.pass(stream.finish())
    }
}

/// What has been sent so far, and what has been tried besides.
///
/// An object, as is `Question`: a stream that waits holds neither on its stack.
private final class Tries {
    var request: ChatRequest
    var number = 0
    var isPrepared = false
    var hasForgotten = false

    init(_ request: ChatRequest) {
        self.request = request
    }
}

/// What is sent to a vendor, and how its answer is read.
private final class Question {
    let request: UpstreamRequest
    var reading: AnswerReading

    init(request: UpstreamRequest, reading: AnswerReading) {
        self.request = request
        self.reading = reading
    }
}
