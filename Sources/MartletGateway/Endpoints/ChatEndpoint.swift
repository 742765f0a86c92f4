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
    /// How clients speak there; some dialects have a part of the request in the address.
    let surface: @Sendable (Request) throws -> any Surface
    /// The address behind the version, for a vendor who speaks the same dialect.
    let route: @Sendable (Request) -> String

    /// An address where everything is in the body.
    init(gateway: Gateway, surface: any Surface, route: String) {
        self.gateway = gateway
        self.surface = { _ in surface }
        self.route = { _ in route }
    }

    /// An address that says a part of the request itself.
    init(
        gateway: Gateway,
        surface: @escaping @Sendable (Request) throws -> any Surface,
        route: @escaping @Sendable (Request) -> String
    ) {
        self.gateway = gateway
        self.surface = surface
        self.route = route
    }

    /// Carries one request from its key to its last byte; the order is that of `Composition`'s list.
    func respond(to request: Request, in context: RequestContext, writing writer: any ResponseWriter) throws {
        let surface = try surface(request)
        let key = try ClientKey.find(in: request.fields)
        let caller = gateway.caller(of: request, key: key)
        context.facts.caller = caller.keyHash.short

        let body = try JSONBody.receive(request, limit: gateway.bodyLimit, folder: gateway.spoolFolder)
        let reading = ConversationReading(body, in: surface, gateway: gateway, key: key)
        let outline = try reading.outline()
        context.facts.model = outline.model.text
        let affinity = Affinity(of: reading, asking: outline.model, caller: caller, board: gateway.board)
        let (way, first) = try plan(outline.model, of: request, caller: caller, key: key, affinity: affinity)
        context.facts.model = first.card.id.text
        context.facts.target = first.channel

        var call = ClientCall(
            dialect: surface.dialect,
            route: route(request),
            model: first.card.id,
            isStreaming: outline.isStreaming,
            fields: request.fields
        )
        call.includesUsage = outline.includesUsage
        let passes = try first.adapter.passThrough(call, at: first.endpoint) != nil
        let chat = try passes ? reading.glance(for: first) : reading.chat(for: first)
        log(chat, at: first, passes: passes, in: context)
        let admission = try gateway.limits.admit(
            caller,
            endpoint: "chat",
            tokens: chat.promptTokens,
            context: context
        )
        let counter = gateway.tokens.counter(model: chat.model.text)
        let meter = AnswerMeter(promptTokens: chat.promptTokens, counter: counter)
        try settling(admission, with: meter, of: caller, in: context) {
            let answering = Answering(
                answer: sink(
                    for: chat,
                    of: request,
                    in: surface,
                    keeping: reading,
                    context: context,
                    writer: writer
                ),
                meter: meter,
                context: context,
                deadline: .now + ClientPatience.limit(in: request.fields, isStreaming: outline.isStreaming)
            )
            let work = ChatWork(
                call: call,
                body: body.pieces,
                chat: { try reading.chat(for: $0) }
            )
            try gateway.relay.run(work, along: way, answering: answering)
            if way.hasChoice, let choice = way.current { affinity.keep(choice) }
        }
    }

    /// Finds the ways to go, and the first of them; an unknown key counts as one that was tried in vain.
    private func plan(
        _ model: ModelName,
        of request: Request,
        caller: Caller,
        key: Secret,
        affinity: Affinity
    ) throws(GatewayError) -> (way: TargetRoute, first: Target) {
        do throws(GatewayError) {
            let way = try gateway.planner.route(
                to: model,
                at: try gateway.planner.pinned(by: request),
                for: caller,
                key: key,
                now: gateway.now(),
                preferring: affinity.hint
            )
            guard let first = way.first else { throw gateway.planner.missing(model) }
            return (way, first)
        } catch {
            if error.kind == .invalidKey { gateway.limits.countFailedAuthentication(of: caller) }
            throw error
        }
    }

    /// Does the work, and puts what it took in the place of the estimate, on every way out.
    private func settling(
        _ admission: AdmissionReceipt,
        with meter: AnswerMeter,
        of caller: Caller,
        in context: RequestContext,
        _ work: () throws -> Void
    ) throws {
        var keepsEstimate = false
        defer {
            let usage = meter.usage
            context.facts.usage = usage
            let taken = keepsEstimate ? nil : usage.total
            context.afterAnswer { [gateway] in gateway.limits.settle(admission, tokens: taken) }
        }
        do {
            try work()
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

    private func log(_ chat: ChatRequest, at target: Target, passes: Bool, in context: RequestContext) {
        context.logger.debug(
            "planned",
            metadata: [
                "request": .string(context.id.text), "target": .string(target.channel),
                "model": .string(chat.model.text),
                "prompt_tokens": .stringConvertible(chat.promptTokens.value),
                "passed_through": .stringConvertible(passes),
                "web_search": .stringConvertible(chat.webSearch != nil),
            ]
        )
    }

    private func sink(
        for chat: ChatRequest,
        of request: Request,
        in surface: any Surface,
        keeping reading: ConversationReading,
        context: RequestContext,
        writer: any ResponseWriter
    ) -> any AnswerSink {
        let answer: any AnswerSink =
            chat.isStreaming
            ? StreamedAnswer(
                to: chat,
                in: surface,
                context: context,
                writer: writer,
                heartbeat: ClientPatience.silence(in: request.fields, atMost: gateway.heartbeat)
            )
            : WholeAnswer(to: chat, in: surface, context: context, writer: writer)
        guard chat.isStored, gateway.archive.isOpen else { return answer }
        return KeptAnswer(around: answer) { response in
            reading.keep(surface.encode(response, to: chat), logger: context.logger)
        }
    }
}
