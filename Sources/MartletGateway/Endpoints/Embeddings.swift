import HTTPTypes
import MartletAccounts
import MartletCore
import MartletMeter
import MartletProviders
import MartletUpstream
import MartletWeb

/// Embeddings of vendors who do not speak OpenAI's dialect: asked in theirs, answered in OpenAI's.
struct Embeddings: Sendable {
    private static let longestAnswer = 64 << 20
    let gateway: Gateway

    /// Asks the targets one behind the other until one answers.
    ///
    /// - Throws: `GatewayError` for what the client must be told; `ClientGone`.
    func run(_ body: JSON, along way: TargetRoute, answering: Answering, to writer: any ResponseWriter) throws
    {
        var last: LastFailure?
        while let target = way.next() {
            guard let adapter = target.adapter as? any EmbeddingAdapter else { continue }
            let context = answering.context
            (context.facts.target, context.facts.attempts) = (target.channel, context.facts.attempts + 1)
            answering.bill.turn(to: target)
            do {
                let request = try adapter.embeddingRequest(
                    for: body,
                    model: target.card.id,
                    at: target.endpoint
                )
                let calling = WholeAnswers(
                    through: gateway.upstream,
                    limits: target.limits,
                    by: target.proxy,
                    watching: answering.answer
                )
                let answer = try calling.call(request, limit: Self.longestAnswer)
                guard answer.isSuccess else {
                    throw target.adapter.failure(
                        status: answer.status,
                        fields: answer.fields,
                        body: answer.body
                    )
                }
                var object = try adapter.embeddings(in: answer.body, for: body, model: target.card.id)
                let usage = TokenUsage(input: answering.meter.promptTokens, output: 0)
                answering.meter.add(.usage(usage))
                object["usage"] = [
                    "prompt_tokens": JSON(usage.input.value), "total_tokens": JSON(usage.input.value),
                ]
                way.report(nil, of: target)
                answering.bill.close(ModelPrice.Work(usage), isEstimated: true)
                answering.bill.setFields()
                return try writer.send(.object(object))
            } catch let failure as UpstreamFailure {
                way.report(failure, of: target)
                last = LastFailure(failure, of: target)
                guard failure.isOthersChance else { break }
            }
        }
        throw Relay.error(last)
    }
}
