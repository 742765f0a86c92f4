import HTTPTypes
import MartletAccounts
import MartletCore
import MartletProviders
import MartletWeb

/// `GET /v1/providers`, and the models of one provider: `GET /{provider}/v1/models` and `/{provider}/v1/models/{id}`.
///
/// Shapes and errors are those of the key pools that such clients come from: `{"error":"text"}`.
struct Providers: Sendable {
    let gateway: Gateway

    func list(_ request: Request, _ context: RequestContext, _ writer: any ResponseWriter) throws {
        try answering(request, context, writer) { caller in
            let now = gateway.now()
            let channels = gateway.planner.directory.channels.filter { channel in
                channel.usesCallersKey
                    || caller.opensChannels && channel.keys.contains { $0.isUsable(at: now) }
            }
            let list = channels.map { channel -> JSON in
                [
                    "id": .string(channel.name), "object": "provider",
                    "protocol": .string(channel.kind.rawValue),
                ]
            }
            return ["object": "list", "data": .array(list)]
        }
    }

    func models(_ request: Request, _ context: RequestContext, _ writer: any ResponseWriter) throws {
        try answering(request, context, writer) { caller in
            let (name, cards) = try cards(of: request, for: caller)
            return ["object": "list", "data": .array(cards.map { Self.json($0, owner: name) })]
        }
    }

    func model(_ request: Request, _ context: RequestContext, _ writer: any ResponseWriter) throws {
        try answering(request, context, writer) { caller in
            let (name, cards) = try cards(of: request, for: caller)
            let wanted = request.pathValues["model"] ?? ""
            guard let card = cards.first(where: { $0.id.text == wanted }) else {
                throw Refusal(
                    status: .notFound,
                    text: "Model '\(wanted.prefix(200))' not found for provider '\(name.prefix(200))'"
                )
            }
            return Self.json(card, owner: name)
        }
    }

    /// All models as `{provider}/{model}`.
    func universal(_ request: Request, _ context: RequestContext, _ writer: any ResponseWriter) throws {
        try answering(request, context, writer) { caller in
            let channels = gateway.planner.directory.channels.filter { channel in
                channel.serves(caller.group)
                    && (channel.usesCallersKey ? !caller.isVerified : caller.opensChannels)
            }
            let models = channels.flatMap { channel in
                gateway.planner.cards(of: channel).filter { caller.allows($0.id) && $0.uses.contains(.chat) }
                    .map { card in
                        var named = card
                        named.id = ModelName("\(channel.name)/\(card.id.text)")
                        return Self.json(named, owner: channel.name)
                    }
            }
            return ["object": "list", "data": .array(models)]
        }
    }

    /// Why there is no answer.
    private struct Refusal: Error {
        let status: HTTPResponse.Status
        let text: String
    }

    private func answering(
        _ request: Request,
        _ context: RequestContext,
        _ writer: any ResponseWriter,
        _ answer: (Caller) throws -> JSON
    ) throws {
        do {
            let (caller, key) = try caller(of: request, in: context)
            guard caller.opensChannels || gateway.planner.callersEndpoint(key) != nil else {
                gateway.limits.countFailedAuthentication(of: caller)
                throw Refusal(status: .forbidden, text: "Invalid API key")
            }
            try writer.send(answer(caller))
        } catch let refusal as Refusal {
            context.facts.label = refusal.status == .notFound ? .notFound : .unauthenticated
            try writer.send(["error": .string(refusal.text)], status: refusal.status)
        }
    }

    private func caller(of request: Request, in context: RequestContext) throws -> (Caller, Secret) {
        do throws(GatewayError) {
            return try gateway.caller(of: request, in: context)
        } catch {
            switch error.kind {
            case .missingKey: throw Refusal(status: .unauthorized, text: "Missing Authorization header")
            case .invalidKey: throw Refusal(status: .forbidden, text: "Invalid API key")
            default: throw error
            }
        }
    }

    private func cards(of request: Request, for caller: Caller) throws -> (name: String, cards: [ModelCard]) {
        let name = request.pathValues["provider"] ?? ""
        guard let channel = gateway.planner.channel(named: name) else {
            throw Refusal(status: .notFound, text: "Provider '\(name.prefix(200))' not found")
        }
        guard channel.usesCallersKey || caller.opensChannels else {
            throw Refusal(status: .forbidden, text: "Invalid API key")
        }
        return (channel.name, gateway.planner.cards(of: channel))
    }

    private static func json(_ card: ModelCard, owner: String) -> JSON {
        let context = card.contextLimit.map { JSON($0) } ?? .null
        return [
            "id": .string(card.id.text), "object": "model", "created": 0, "owned_by": .string(owner),
            "context_window": context, "context_length": context,
            "max_completion_tokens": card.outputLimit.map { JSON($0) } ?? .null,
        ]
    }
}
