import HTTPTypes
import MartletCore
import MartletProviders
import MartletWeb

/// `GET /v1/models` and `GET /v1/models/{id}`.
///
/// They need no key: the list is public at the vendor, too. With a key that was issued here it is what that key may use. A client that names Anthropic's version of the API
/// (`anthropic-version`) gets Anthropic's objects, and of the models those that answer messages.
struct Models: Sendable {
    let gateway: Gateway

    private var catalogue: CatalogueKeeper { gateway.catalogue }
    private var planner: RoutePlanner { gateway.planner }

    /// Google's clients ask at `/v1beta/models`.
    func googleList(_ request: Request, _ context: RequestContext, _ writer: any ResponseWriter) throws {
        try writer.send(GeminiModels.list(of: all(for: request, context)))
    }

    /// All models, or those that the key may use.
    private func all(for request: Request, _ context: RequestContext) -> [ModelCard] {
        // A key that is none is no reason to hide what is public.
        guard let caller = try? gateway.caller(of: request, in: context).0, caller.standing != nil else {
            return all
        }
        return all.filter { caller.allows($0.id) }
    }

    /// All models: those of channels first, for somebody has chosen them.
    private var all: [ModelCard] {
        let listed = planner.channelCards
        let names = Set(listed.map(\.id))
        let all = listed + catalogue.catalogue.models.filter { !names.contains($0.id) }
        let first = Set(catalogue.catalogue.first)
        return all.filter { first.contains($0.id) } + all.filter { !first.contains($0.id) }
    }

    func list(_ request: Request, _ context: RequestContext, _ writer: any ResponseWriter) throws {
        let catalogue = catalogue.catalogue
        if Self.speaksAnthropic(request) {
            return try writer.send(AnthropicModels.list(of: all(for: request, context)))
        }
        let listed = Set(planner.channelCards.map(\.id))
        let models = all(for: request, context).map { card in
            Self.json(
                card,
                created: catalogue.fetched,
                hasTools: listed.contains(card.id) || catalogue.emulatesTools(card.id)
            )
        }
        try writer.send(["object": "list", "data": .array(models)])
    }

    func one(_ request: Request, _ context: RequestContext, _ writer: any ResponseWriter) throws {
        let name = ModelName(request.pathValues["model"] ?? "")
        let catalogue = catalogue.catalogue
        if let card = planner.channelCards.first(where: { $0.id == name }) {
            let json =
                Self.speaksAnthropic(request)
                ? AnthropicModels.object(for: card)
                : Self.json(card, created: catalogue.fetched, hasTools: true)
            return try writer.send(json)
        }
        switch catalogue.resolve(name) {
        case .found(let card, _) where Self.speaksAnthropic(request):
            try writer.send(AnthropicModels.object(for: card))
        case .found(let card, _):
            let emulatesTools = catalogue.emulatesTools(card.id)
            try writer.send(Self.json(card, created: catalogue.fetched, hasTools: emulatesTools))
        case .retired(let successor):
            throw GatewayError(
                .modelNotFound,
                "The model '\(name.text.prefix(200))' is no longer offered. Use '\(successor)' instead.",
                parameter: "model"
            )
        case .notPermitted, .unknown:
            throw GatewayError(
                .modelNotFound,
                "The model '\(name.text.prefix(200))' does not exist. GET /v1/models lists those that do.",
                parameter: "model"
            )
        }
    }

    private static func speaksAnthropic(_ request: Request) -> Bool {
        request.fields[.anthropicVersion] != nil
    }

    /// OpenAI's fields, and what the model can do: clients that do not know these fields pass over them.
    private static func json(_ card: ModelCard, created: Int, hasTools: Bool) -> JSON {
        let chats = card.uses.contains(.chat) || card.uses.contains(.code)
        var object: JSONObject = [
            "id": .string(card.id.text),
            "object": "model",
            "created": .number(JSONNumber(created)),
            "owned_by": .string(card.maker),
            "capabilities": [
                "uses": .array(
                    ModelCard.Use.allCases.filter(card.uses.contains).map { .string($0.rawValue) }
                ),
                "streaming": .bool(chats), "structured_outputs": .bool(chats),
                "vision": .bool(chats && card.readsImages), "tools": .bool(chats && hasTools),
            ],
        ]
        object["context_length"] = card.contextLimit.map { JSON($0) }
        object["max_output_tokens"] = card.outputLimit.map { JSON($0) }
        return .object(object)
    }
}

extension HTTPField.Name {
    /// The version of Anthropic's API, which its SDKs always send.
    fileprivate static let anthropicVersion = HTTPField.Name("anthropic-version") ?? .via
}
