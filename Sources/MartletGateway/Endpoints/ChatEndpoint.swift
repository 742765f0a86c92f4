import HTTPTypes
import Logging
import MartletAccounts
import MartletCore
import MartletMeter
import MartletProviders
import MartletWeb

/// An address that answers with the next message of a conversation, in its dialect.
struct ChatEndpoint: Sendable {
    let gateway: Gateway
    let surface: any Surface
    /// What its requests count for in the limits.
    let name: String

    /// Carries one request from its key to its last byte; the order is that of `Composition`'s list.
    func respond(to request: Request, in context: RequestContext, writing writer: any ResponseWriter) throws {
        let key = try ClientKey.find(in: request.fields)
        let caller = Caller(key: key, address: ClientAddress.limitSubject(request.clientAddress))
        context.facts.caller = caller.keyHash.short

        var chat = try surface.decode(JSONBody.read(request, limit: gateway.bodyLimit))
        let own = chat.messages
        context.facts.model = chat.model.text
        let target = try gateway.planner.plan(&chat, key: key)
        context.facts.model = chat.model.text
        context.facts.target = target.adapter.name
        try gateway.archive.recall(into: &chat, key: key)
        try gateway.attachments.inspector.inspect(&chat, for: target.card)

        let counter = gateway.tokens.counter(model: chat.model.text)
        chat.promptTokens = ChatTokens.count(gateway.turns.prepared(chat, for: target), with: counter)
        log(chat, at: target, in: context)
        let admission = try gateway.limits.admit(
            caller,
            endpoint: name,
            tokens: chat.promptTokens,
            context: context
        )
        let meter = AnswerMeter(promptTokens: chat.promptTokens, counter: counter)
        var keepsEstimate = false
        defer {
            let usage = meter.usage
            context.facts.usage = usage
            let taken = keepsEstimate ? nil : usage.total
            context.afterAnswer { gateway.limits.settle(admission, tokens: taken) }
        }
        do {
            var answer = sink(for: chat, context: context, writer: writer)
            if chat.isStored, gateway.archive.isOpen {
                answer = KeptAnswer(around: answer) { response in
                    let whole = surface.encode(response, to: chat)
                    gateway.archive.keep(whole, to: chat, saying: own, key: key, logger: context.logger)
                }
            }
            try gateway.turns.run(chat, at: target, into: answer, meter: meter, context: context)
        } catch let error as ClientGone {
            // The vendor has read the prompt: leaving early must not give it back.
            keepsEstimate = !meter.hasAnswer
            throw error
        } catch let error as GatewayError where error.kind == .upstreamTimeout {
            keepsEstimate = !meter.hasAnswer
            throw error
        } catch let error as GatewayError where error.kind == .invalidKey {
            gateway.limits.countFailedAuthentication(of: caller)
            throw error
        }
    }

    private func log(_ chat: ChatRequest, at target: Target, in context: RequestContext) {
        context.logger.debug(
            "planned",
            metadata: [
                "request": .string(context.id.text), "target": .string(target.adapter.name),
                "model": .string(chat.model.text),
                "prompt_tokens": .stringConvertible(chat.promptTokens.value),
                "web_search": .stringConvertible(chat.webSearch != nil),
            ]
        )
    }

    private func sink(
        for chat: ChatRequest,
        context: RequestContext,
        writer: any ResponseWriter
    ) -> any AnswerSink {
        guard chat.isStreaming else {
            return WholeAnswer(to: chat, in: surface, context: context, writer: writer)
        }
        return StreamedAnswer(
            to: chat,
            in: surface,
            context: context,
            writer: writer,
            heartbeat: gateway.heartbeat
        )
    }
}
