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
        let plan = try admit(request, in: context)
        try settling(plan, in: context) {
            let answering = try answering(plan, of: request, in: context, writing: writer)
            let work = ChatWork(call: plan.call, body: plan.body.pieces, chat: plan.reading.chat)
            try gateway.relay.run(work, along: plan.way, answering: answering)
            if plan.way.hasChoice, let choice = plan.way.current { plan.affinity.keep(choice) }
        }
    }

    /// Reads a request, finds the ways to go, and counts it.
    @inline(never)
    private func admit(_ request: Request, in context: RequestContext) throws -> ChatPlan {
        let surface = try surface(request)
        let (caller, key) = try gateway.caller(of: request, in: context)
        let body = try JSONBody.receive(request, limit: gateway.bodyLimit, folder: gateway.spoolFolder)
        let reading = ConversationReading(body, in: surface, gateway: gateway, key: key)
        let outline = try reading.outline()
        let affinity = Affinity(of: reading, asking: outline.model, caller: caller, board: gateway.board)
        let (way, first) = try ways(
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
        return ChatPlan(
            surface: surface,
            caller: caller,
            body: body,
            reading: reading,
            model: outline.model,
            affinity: affinity,
            way: way,
            first: first,
            call: call,
            chat: chat,
            admission: admission,
            meter: AnswerMeter(
                promptTokens: chat.promptTokens,
                counter: gateway.tokens.counter(model: chat.model.text)
            ),
            bill: Bill(gateway.books, of: caller, for: request, in: context, endpoint: name(of: call))
        )
    }

    /// Sets aside what the answer may cost, and makes the place where it goes.
    @inline(never)
    private func answering(
        _ plan: ChatPlan,
        of request: Request,
        in context: RequestContext,
        writing writer: any ResponseWriter
    ) throws(GatewayError) -> Answering {
        try reserve(plan.chat, named: plan.model, at: plan.first, on: plan.bill)
        let sink = sink(for: plan, of: request, context: context, writer: writer)
        return Answering(
            answer: BilledAnswer(
                around: sink,
                on: plan.bill,
                meter: plan.meter,
                writesCost: plan.call.tellsCost
            ),
            bill: plan.bill,
            meter: plan.meter,
            context: context,
            deadline: .now + ClientPatience.limit(in: request.fields, isStreaming: plan.call.isStreaming)
        )
    }

    /// The address in the books: without the model that Google's addresses have.
    private func name(of call: ClientCall) -> String {
        call.route.hasPrefix("models/") ? "generateContent" : call.route
    }

    /// Finds the ways to go, and the first of them; an unknown key counts as one that was tried in vain.
    @inline(never)
    private func ways(
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
    private func settling(_ plan: ChatPlan, in context: RequestContext, _ work: () throws -> Void) throws {
        do {
            try billing(plan.bill, plan.meter, work)
            settle(plan, after: nil, in: context)
        } catch {
            settle(plan, after: error, in: context)
            throw error
        }
    }

    @inline(never)
    private func settle(_ plan: ChatPlan, after error: (any Error)?, in context: RequestContext) {
        let usage = plan.meter.usage
        context.facts.usage = usage
        let kind = (error as? GatewayError)?.kind
        if kind == .invalidKey { gateway.limits.countFailedAuthentication(of: plan.caller) }
        // The vendor has read the prompt: leaving early must not give it back.
        let keepsEstimate = (error is ClientGone || kind == .upstreamTimeout) && !plan.meter.hasAnswer
        let taken = keepsEstimate ? nil : usage.total
        context.afterAnswer { [gateway, admission = plan.admission] in
            gateway.limits.settle(admission, tokens: taken)
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
        for plan: ChatPlan,
        of request: Request,
        context: RequestContext,
        writer: any ResponseWriter
    ) -> any AnswerSink {
        let (chat, surface) = (plan.chat, plan.surface)
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
        return KeptAnswer(around: answer) { [reading = plan.reading] response in
            reading.keep(surface.encode(response, to: chat), logger: context.logger)
        }
    }
}

/// What is known of a request before anybody is asked.
///
/// An object: a stream that waits holds one reference to it.
private final class ChatPlan {
    /// How the client speaks.
    let surface: any Surface
    /// Who asks.
    let caller: Caller
    /// The body, and what it says.
    let body: ReceivedBody
    let reading: ConversationReading
    /// The model, as the client names it.
    let model: ModelName
    /// Who has served this conversation before.
    let affinity: Affinity
    /// Who can be asked, and the first of them.
    let way: TargetRoute
    let first: Target
    /// The call, and what it means there.
    let call: ClientCall
    let chat: ChatRequest
    /// What counted it.
    let admission: AdmissionReceipt
    /// What it takes, and what that costs.
    let meter: AnswerMeter
    let bill: Bill

    init(
        surface: any Surface,
        caller: Caller,
        body: ReceivedBody,
        reading: ConversationReading,
        model: ModelName,
        affinity: Affinity,
        way: TargetRoute,
        first: Target,
        call: ClientCall,
        chat: ChatRequest,
        admission: AdmissionReceipt,
        meter: AnswerMeter,
        bill: Bill
    ) {
        (self.surface, self.caller, self.body, self.reading) = (surface, caller, body, reading)
        (self.model, self.affinity, self.way, self.first) = (model, affinity, way, first)
        (self.call, self.chat, self.admission) = (call, chat, admission)
        (self.meter, self.bill) = (meter, bill)
    }
}

extension ClientCall {
    /// Whether what is passed on ends with a usage in which the client finds the cost.
    fileprivate var tellsCost: Bool { dialect == .openAIChat && isStreaming && includesUsage }
}
