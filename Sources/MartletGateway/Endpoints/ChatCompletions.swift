import HTTPTypes
import Logging
import MartletAccounts
import MartletCore
import MartletMeter
import MartletProviders
import MartletWeb

/// `POST /v1/chat/completions`.
struct ChatCompletions: Sendable {
    let gateway: Gateway
    let surface: any Surface

    /// Carries one request from its key to its last byte; the order is that of `Composition`'s list.
    func respond(to request: Request, in context: RequestContext, writing writer: any ResponseWriter) throws {
        let key = try ClientKey.find(in: request.fields)
        let caller = Caller(key: key, address: ClientAddress.limitSubject(request.clientAddress))
        context.facts.caller = caller.keyHash.short

        var chat = try surface.decode(JSONBody.read(request, limit: gateway.bodyLimit))
        context.facts.model = chat.model.text
        let target = try gateway.planner.plan(&chat, key: key)
        context.facts.model = chat.model.text
        context.facts.target = target.adapter.name

        let counter = gateway.tokens.counter(model: chat.model.text)
        let promptTokens = ChatTokens.count(chat, with: counter)
        context.logger.debug(
            "planned",
            metadata: [
                "request": .string(context.id.text), "target": .string(target.adapter.name),
                "model": .string(chat.model.text), "prompt_tokens": .stringConvertible(promptTokens.value),
                "web_search": .stringConvertible(chat.webSearch != nil),
            ]
        )
        let admission = try gateway.limits.admit(
            caller,
            endpoint: "chat",
            tokens: promptTokens,
            context: context
        )
        let meter = AnswerMeter(promptTokens: promptTokens, counter: counter)
        var keepsEstimate = false
        defer {
            let usage = meter.usage
            context.facts.usage = usage
            let taken = keepsEstimate ? nil : usage.total
            context.afterAnswer { gateway.limits.settle(admission, tokens: taken) }
        }
        do {
            let answer = sink(for: chat, context: context, writer: writer)
            try gateway.dispatcher.run(chat, at: target, into: answer, meter: meter, context: context)
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
