import HTTPTypes
import Logging
import MartletCore
import MartletProviders
import MartletUpstream
import MartletWeb

/// Asks the target, and asks again where that may help, until the first content has come.
struct Dispatcher: Sendable {
    let upstream: any Upstream
    let limits: UpstreamLimits
    let attachments: MediaServices
    let retries: RetryPolicy

    /// Carries one answer from the vendor to the client.
    ///
    /// - Throws: `GatewayError` for what the client must be told, and has been told when the answer had begun;
    ///   `ClientGone` when it left before the end.
    func run(
        _ request: ChatRequest,
        at target: Target,
        into answer: any AnswerSink,
        meter: AnswerMeter,
        context: RequestContext
    ) throws {
        var tried = Tries(request: request)
        while true {
            do {
                tried.number += 1
                if !tried.isPrepared {
                    tried.request = try prepare(tried.request, at: target, for: answer, context: context)
                    tried.isPrepared = true
                }
                context.facts.attempts += 1
                return try ask(tried.request, at: target, into: answer, meter: meter)
            } catch  where answer.isComplete {
                // SDKs hang up as soon as they have read the end, and what a vendor does behind it changes nothing.
                return
            } catch let failure as UpstreamFailure {
                if !answer.hasContent,
                    try mayTryAgain(after: failure, &tried, at: target, for: answer, context: context)
                {
                    continue
                }
                let error = failure.gatewayError(from: target.adapter.name)
                try answer.fail(error)
                throw error
            } catch let error as ClientGone {
                throw error
            } catch {
                // Whatever it is, a stream that has begun must not end without a word.
                let failure =
                    error as? GatewayError
                    ?? GatewayError(.internalFailure, "The gateway failed.", detail: "\(error)")
                try answer.fail(failure)
                throw failure
            }
        }
    }

    /// Changes what is sent, or waits, where one of them may help; only before the first content.
    ///
    /// - Throws: `ClientGone` when the client leaves meanwhile.
    private func mayTryAgain(
        after failure: UpstreamFailure,
        _ tried: inout Tries,
        at target: Target,
        for answer: any AnswerSink,
        context: RequestContext
    ) throws -> Bool {
        if let amended = target.adapter.amended(tried.request, after: failure), amended != tried.request {
            log("asking again with less", failure, context)
            tried.request = amended
            return true
        }
        if !tried.hasForgotten, failure.kind == .requestRefused,
            let again = attachments.forgetting(tried.request, at: target, logger: context.logger)
        {
            (tried.request, tried.isPrepared, tried.hasForgotten) = (again, false, true)
            return true
        }
        guard let pause = retries.pause(after: failure, try: tried.number, of: .chat) else { return false }
        log("asking again", failure, context)
        try retries.wait(pause, watching: answer)
        return true
    }

    private func log(_ message: Logger.Message, _ failure: UpstreamFailure, _ context: RequestContext) {
        context.logger.debug(
            message,
            metadata: ["request": .string(context.id.text), "reason": .string("\(failure)")]
        )
    }

    /// Brings the request's files to the vendor, on its own share of the time.
    private func prepare(
        _ request: ChatRequest,
        at target: Target,
        for answer: any AnswerSink,
        context: RequestContext
    ) throws -> ChatRequest {
        try attachments.prepare(
            request,
            at: target,
            calling: WholeAnswers(through: upstream, limits: limits, watching: answer),
            watching: answer,
            logger: context.logger
        )
    }

    private func ask(
        _ request: ChatRequest,
        at target: Target,
        into answer: any AnswerSink,
        meter: AnswerMeter
    ) throws {
        let upstreamRequest = try target.adapter.upstreamRequest(for: request, at: target.endpoint)
        var reading = Reading()
        try upstream.send(upstreamRequest, limits: limits, watching: answer) { piece in
            try Self.relay(to: answer, meter: meter) { events throws(UpstreamFailure) in
                try reading.take(piece, of: request, from: target.adapter, into: &events)
            }
        }
        try Self.relay(to: answer, meter: meter) { events throws(UpstreamFailure) in
            try reading.finish(from: target.adapter, into: &events)
        }
    }

    /// Passes on what `read` finds, also when it then fails: what came before an error has come.
    private static func relay(
        to answer: any AnswerSink,
        meter: AnswerMeter,
        read: (inout [ChatEvent]) throws(UpstreamFailure) -> Void
    ) throws {
        var events: [ChatEvent] = []
        do throws(UpstreamFailure) {
            try read(&events)
        } catch {
            try pass(events, to: answer, meter: meter)
            throw error
        }
        try pass(events, to: answer, meter: meter)
    }

    private static func pass(_ events: [ChatEvent], to answer: any AnswerSink, meter: AnswerMeter) throws {
        guard !events.isEmpty else { return }
        for event in events { meter.add(event) }
        try answer.take(events) { meter.usage }
    }
}

/// What has been sent so far, and what has been tried besides.
private struct Tries {
    var request: ChatRequest
    var number = 0
    var isPrepared = false
    var hasForgotten = false
}

/// What is being read of an answer: nothing yet, the events of a good one, or the body of an error.
private struct Reading {
    private enum State {
        case waiting
        case answer(any ChatDecoder)
        case refusal(status: Int, fields: HTTPFields, body: [UInt8])
    }

    /// No vendor's error is longer; what follows is not read.
    private static let longestRefusal = 65_536
    private var state = State.waiting

    mutating func take(
        _ piece: UpstreamPiece,
        of request: ChatRequest,
        from adapter: any ProviderAdapter,
        into events: inout [ChatEvent]
    ) throws(UpstreamFailure) {
        switch (piece, state) {
        case (.head(let status, let fields), _):
            state =
                (200...299).contains(status)
                ? .answer(adapter.decoder(for: request, contentType: fields.value(of: .contentType)))
                : .refusal(status: status, fields: fields, body: [])
        case (.body(let bytes), .answer(var decoder)):
            state = .waiting  // leaves the decoder with one owner, so that it changes in place
            defer { state = .answer(decoder) }
            try decoder.decode(bytes, into: &events)
        case (.body(let bytes), .refusal(let status, let fields, let body)):
            guard body.count + bytes.count <= Self.longestRefusal else {
                throw adapter.failure(status: status, fields: fields, body: body)
            }
            state = .refusal(status: status, fields: fields, body: body + bytes)
        case (.body, .waiting):
            break
        }
    }

    mutating func finish(
        from adapter: any ProviderAdapter,
        into events: inout [ChatEvent]
    ) throws(UpstreamFailure) {
        switch state {
        case .answer(var decoder): try decoder.finish(into: &events)
        case .refusal(let status, let fields, let body):
            throw adapter.failure(status: status, fields: fields, body: body)
        case .waiting: throw UpstreamFailure(.connectionFailed)
        }
    }
}
