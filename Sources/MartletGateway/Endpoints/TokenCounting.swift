import MartletAccounts
import MartletCore
import MartletMeter
import MartletProviders
import MartletUpstream
import MartletWeb

/// `POST /v1/messages/count_tokens`: the tokens of a request, counted here as they are for the limits.
struct TokenCounting: Sendable {
    let gateway: Gateway
    let surface: AnthropicSurface

    func respond(to request: Request, in context: RequestContext, writing writer: any ResponseWriter) throws {
        let (caller, key) = try gateway.caller(of: request, in: context)
        var chat = try surface.decodeForCounting(JSONBody.read(request, limit: gateway.bodyLimit))
        let route = try gateway.planner.route(
            to: chat.model,
            at: try gateway.planner.pinned(by: request),
            for: caller,
            key: key,
            now: gateway.now()
        )
        guard let target = route.first else { throw gateway.planner.missing(chat.model) }
        chat = target.request(chat)
        context.facts.model = chat.model.text
        // Nothing is asked of the vendor, but counting costs time: it counts as a request of its own kind.
        _ = try gateway.limits.admit(caller, endpoint: "count_tokens", tokens: 0, context: context)
        if let answer = try counted(by: target, request, context: context) { return try writer.send(answer) }
        try gateway.attachments.inspector.inspect(&chat, for: target.card)
        let counter = gateway.tokens.counter(model: chat.model.text)
        let tokens = ChatTokens.count(gateway.turns.prepared(chat, for: target), with: counter)
        try writer.send(["input_tokens": JSON(tokens.value)])
    }

    /// What a vendor says who can count himself; nil where the counting is left to us.
    private func counted(by target: Target, _ request: Request, context: RequestContext) throws -> [UInt8]? {
        let call = ClientCall(
            dialect: surface.dialect,
            route: "messages/count_tokens",
            model: target.card.id,
            fields: request.fields
        )
        guard let passing = try target.adapter.passThrough(call, at: target.endpoint) else { return nil }
        let body = ReceivedBody(bytes: try request.body.read(limit: gateway.bodyLimit))
        var upstream = passing.request
        upstream.pieces = body.pieces(replacing: passing.members)
        let client = SilentClient { context.clientDescriptor }
        let calling = WholeAnswers(
            through: gateway.upstream,
            limits: target.limits,
            by: target.proxy,
            watching: client
        )
        context.facts.target = target.channel
        // Who only counts is no reason to fail: we can count, too.
        guard let answer = try? calling.call(upstream, limit: 65_536), answer.isSuccess else { return nil }
        return answer.body
    }
}
