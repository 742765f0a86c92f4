import MartletAccounts
import MartletCore
import MartletMeter
import MartletProviders
import MartletWeb

/// `POST /v1/messages/count_tokens`: the tokens of a request, counted here as they are for the limits.
struct TokenCounting: Sendable {
    let gateway: Gateway
    let surface: AnthropicSurface

    func respond(to request: Request, in context: RequestContext, writing writer: any ResponseWriter) throws {
        let key = try ClientKey.find(in: request.fields)
        let caller = gateway.caller(of: request, key: key)
        context.facts.caller = caller.keyHash.short
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
        try gateway.attachments.inspector.inspect(&chat, for: target.card)
        let counter = gateway.tokens.counter(model: chat.model.text)
        let tokens = ChatTokens.count(gateway.turns.prepared(chat, for: target), with: counter)
        try writer.send(["input_tokens": JSON(tokens.value)])
    }
}
