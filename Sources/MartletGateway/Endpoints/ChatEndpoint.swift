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
        let (caller, key) = try gateway.caller(of: request, in: context)
        let body = try JSONBody.receive(request, limit: gateway.bodyLimit, folder: gateway.spoolFolder)
        let reading = ConversationReading(body, in: surface, gateway: gateway, key: key)
        let outline = try reading.outline()
        let affinity = Affinity(of: reading, asking: outline.model, caller: caller, board: gateway.board)
        let (way, first) = try plan(
            outline.model,
            of: request,
            in: context,
            caller: caller,
            key: key,
            affinity: affinity
        )
        context.facts.isStreamed = outline.isStreaming

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
        let bill = Bill(gateway.books, of: caller, for: request, in: context, endpoint: name(of: call))
        try settling(admission, with: meter, on: bill, of: caller, in: context) {
            try reserve(chat, named: outline.model, at: first, on: bill)
            let sink = sink(
                for: chat,
                of: request,
                in: surface,
                keeping: reading,
                context: context,
                writer: writer
            )
            let answering = Answering(
                answer: BilledAnswer(around: sink, on: bill, meter: meter, writesCost: call.tellsCost),
                bill: bill,
                meter: meter,
                context: context,
                deadline: .now + ClientPatience.limit(in: request.fields, isStreaming: outline.isStreaming)
            )
            let work = ChatWork(call: call, body: body.pieces, chat: reading.chat)
            try gateway.relay.run(work, along: way, answering: answering)
            if way.hasChoice, let choice = way.current { affinity.keep(choice) }
        }
    }

    /// The address in the books: without the model that Google's addresses have.
    private func name(of call: ClientCall) -> String {
        call.route.hasPrefix("models/") ? "generateContent" : call.route
    }

    /// Finds the ways to go, and the first of them; an unknown key counts as one that was tried in vain.
    @inline(never)
    private func plan(
        _ model: ModelName,
        of request: Request,
        in context: RequestContext,
        caller: Caller,
        key: Secret,
        affinity: Affinity
    ) throws(GatewayError) -> (way: TargetRoute, first: Target) {
        context.facts.model = model.text
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
            (context.facts.model, context.facts.target) = (first.card.id.text, first.channel)
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
        on bill: Bill,
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
            try billing(bill, meter, work)
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

    /// Does the work, and books what was given of an answer that has no end.
    private func billing(_ bill: Bill, _ meter: AnswerMeter, _ work: () throws -> Void) throws {
        do {
            try work()
            bill.close(ModelPrice.Work(meter.usage), isEstimated: meter.isEstimated)
        } catch {
            bill.close(after: error, work: ModelPrice.Work(meter.usage), isEstimated: meter.isEstimated)
            bill.setFields()
            throw error
        }
    }

    /// Sets aside what the answer may cost: the prompt and the longest answer.
    @inline(never)
    private func reserve(
        _ chat: ChatRequest,
        named name: ModelName,
        at target: Target,
        on bill: Bill
    ) throws(GatewayError) {
        let assumed = min(gateway.books.assumedOutput, target.card.outputLimit ?? .max)
        let output = max(0, chat.maximumTokens ?? assumed)
        let (longest, overflows) = output.multipliedReportingOverflow(by: max(1, chat.choices))
        try bill.reserve(
            at: target,
            model: name,
            least: ModelPrice.Work(TokenUsage(input: chat.promptTokens, output: 0)),
            most: ModelPrice.Work(
                TokenUsage(input: chat.promptTokens, output: TokenCount(overflows ? .max : longest))
            )
        )
    }

    @inline(never)
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

    @inline(never)
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

extension ClientCall {
    /// Whether what is passed on ends with a usage in which the client finds the cost.
    fileprivate var tellsCost: Bool { dialect == .openAIChat && isStreaming && includesUsage }
}
