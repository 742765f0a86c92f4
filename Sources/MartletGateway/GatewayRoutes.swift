import HTTPTypes
import MartletCore
import MartletProviders
public import MartletWeb

/// The relay's addresses.
public enum GatewayRoutes {
    /// The route table.
    ///
    /// - Parameters:
    ///   - gateway: what the endpoints work with.
    ///   - dialects: how clients speak.
    ///   - version: of the program, for `GET /` and `GET /health`.
    /// - Returns: one line for each method of each address.
    public static func table(_ gateway: Gateway, dialects: Dialects, version: String) -> [Route] {
        let models = Models(gateway: gateway)
        let service = Service(version: version)
        let work =
            conversations(gateway, dialects) + responses(gateway, dialects) + google(gateway, models)
            + media(gateway, now: dialects.now) + abilities(gateway)
        let relay =
            work.map { repeatable($0, gateway) } + files(gateway) + [
                Route(.get, "/v1/models", "The models.", handler: models.list),
                Route(.get, "/v1/models/{model*}", "One model.", handler: models.one),
                Route(
                    .get,
                    "/v1/requests/{id}",
                    "What a request took and cost.",
                    handler: RequestLookup(gateway: gateway).respond
                ), Route(.get, "/health", "Whether the service runs.", handler: service.health),
            ]
        let home = Route(.get, "/", "The service and its addresses.") { _, _, writer in
            try service.describe(relay, to: writer)
        }
        return relay + [home]
            + (pinned(gateway, dialects) + universal(gateway, dialects)).map { repeatable($0, gateway) }
    }

    /// An address whose requests may carry an `Idempotency-Key`: those that may cost money.
    private static func repeatable(_ route: Route, _ gateway: Gateway) -> Route {
        guard route.method == .post else { return route }
        let limit = max(gateway.bodyLimit, gateway.multipartLimit)
        return Route(
            route.method,
            route.pattern,
            route.summary,
            handler: gateway.replays.around(limit: limit, route.handler)
        )
    }

    private static func conversations(_ gateway: Gateway, _ dialects: Dialects) -> [Route] {
        let chat = ChatEndpoint(gateway: gateway, surface: dialects.chat, route: "chat/completions")
        let completions = ChatEndpoint(gateway: gateway, surface: dialects.completions, route: "completions")
        let messages = ChatEndpoint(gateway: gateway, surface: dialects.messages, route: "messages")
        let counting = TokenCounting(gateway: gateway, surface: dialects.messages)
        return [
            Route(.post, "/v1/chat/completions", "Chat, streamed or whole.", handler: chat.respond),
            Route(
                .post,
                "/v1/messages",
                "Anthropic's Messages, streamed or whole.",
                handler: messages.respond
            ),
            Route(
                .post,
                "/v1/messages/count_tokens",
                "The tokens of a message, counted here.",
                handler: counting.respond
            ),
            Route(.post, "/v1/completions", "A prompt, answered as chat.", handler: completions.respond),
        ]
    }

    private static func responses(_ gateway: Gateway, _ dialects: Dialects) -> [Route] {
        let responses = ChatEndpoint(gateway: gateway, surface: dialects.responses, route: "responses")
        let stored = StoredResponses(gateway: gateway)
        return [
            Route(
                .post,
                "/v1/responses",
                "OpenAI's Responses, streamed or whole.",
                handler: responses.respond
            ),
            Route(.get, "/v1/responses/{id}", "A stored response.", handler: stored.retrieve),
            Route(.delete, "/v1/responses/{id}", "Deletes a stored response.", handler: stored.remove),
            Route(
                .get,
                "/v1/responses/{id}/input_items",
                "What a stored response answers.",
                handler: stored.inputItems
            ),
        ]
    }

    private static func files(_ gateway: Gateway) -> [Route] {
        let files = Files(gateway: gateway)
        return [
            Route(.post, "/v1/files", "Upload a file.", handler: files.upload),
            Route(.get, "/v1/files", "The files.", handler: files.list),
            Route(.get, "/v1/files/{file}", "One file.", handler: files.one),
            Route(.delete, "/v1/files/{file}", "Delete a file.", handler: files.delete),
            Route(.get, "/v1/files/{file}/content", "A file's content.", handler: files.content),
        ]
    }

    /// Abilities that only some channels have: where none has them a clear word is better than an unknown address.
    private static func abilities(_ gateway: Gateway) -> [Route] {
        func forwarded(_ route: String, _ setting: String, _ summary: String) -> Route {
            let endpoint = ForwardedEndpoint(gateway: gateway, route: route) { _, _, _ in
                throw notOffered(route, setting: setting, at: gateway.media.name)
            }
            return Route(
                .post,
                RoutePattern(stringLiteral: "/v1/\(route)"),
                summary,
                handler: endpoint.respond
            )
        }
        return [
            forwarded("embeddings", "embedding", "Vectors of texts, where a channel has them."),
            forwarded("moderations", "moderation", "Judgements of texts, where a channel has them."),
            forwarded("rerank", "rerank", "Documents in order, where a channel has them."),
        ]
    }

    private static func notOffered(_ ability: String, setting: String, at vendor: String) -> GatewayError {
        GatewayError(
            .notFound,
            "No upstream of this gateway offers \(ability): \(vendor) has none. Configure your client's \(setting) "
                + "service separately, with the address and the key of a service that offers \(ability).",
            code: "\(ability)_not_offered",
            shouldRetry: false
        )
    }
}
