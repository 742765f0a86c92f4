import HTTPTypes
import MartletCore
import MartletProviders
import MartletWeb

extension GatewayRoutes {
    /// Google's addresses, where the model and what is done with it share a segment: `{model}:generateContent`.
    static func google(_ gateway: Gateway, _ models: Models) -> [Route] {
        let generation = GoogleEndpoint(gateway: gateway)
        return [
            Route(.get, "/v1beta/models", "The models, in Google's shape.", handler: models.googleList),
            Route(
                .post,
                "/v1beta/models/{model*}",
                "Gemini's generateContent, streamGenerateContent, countTokens and embeddings.",
                handler: generation.respond
            ),
            Route(.post, "/v1/models/{model*}", "The same, in Google's v1.", handler: generation.respond),
        ]
    }

    /// Chat as key pools offer it: with models that are named with their provider.
    static func universal(_ gateway: Gateway, _ dialects: Dialects) -> [Route] {
        let chat = ChatEndpoint(gateway: gateway, surface: dialects.chat, route: "chat/completions")
        let models = Providers(gateway: gateway)
        return [
            Route(
                .post,
                "/v1/keypool/universal/chat/completions",
                "Chat, as key pools have it.",
                handler: chat.respond
            ),
            Route(
                .get,
                "/v1/keypool/universal/models",
                "Models with their providers.",
                handler: models.universal
            ),
        ]
    }

    /// Providers, and the relay's addresses pinned to one of them.
    static func pinned(_ gateway: Gateway, _ dialects: Dialects) -> [Route] {
        let providers = Providers(gateway: gateway)
        func chat(_ surface: any Surface, _ route: String) -> Handler {
            ChatEndpoint(gateway: gateway, surface: surface, route: route).respond
        }
        let counting = TokenCounting(gateway: gateway, surface: dialects.messages)
        let google = GoogleEndpoint(gateway: gateway)
        return [
            Route(.get, "/v1/providers", "The providers.", handler: providers.list),
            Route(.get, "/{provider}/v1/models", "A provider's models.", handler: providers.models),
            Route(.get, "/{provider}/v1/models/{model*}", "One of them.", handler: providers.model),
            Route(
                .post,
                "/{provider}/v1/chat/completions",
                "Chat at one provider.",
                handler: chat(dialects.chat, "chat/completions")
            ),
            Route(
                .post,
                "/{provider}/v1/completions",
                "A prompt at one provider.",
                handler: chat(dialects.completions, "completions")
            ),
            Route(
                .post,
                "/{provider}/v1/responses",
                "Responses at one provider.",
                handler: chat(dialects.responses, "responses")
            ),
            Route(
                .post,
                "/{provider}/v1/messages",
                "Messages at one provider.",
                handler: chat(dialects.messages, "messages")
            ),
            Route(
                .post,
                "/{provider}/v1/messages/count_tokens",
                "Their tokens.",
                handler: counting.respond
            ),
            Route(
                .post,
                "/{provider}/v1beta/models/{model*}",
                "Gemini's addresses at one provider.",
                handler: google.respond
            ),
            Route(.post, "/{provider}/v1/models/{model*}", "The same in v1.", handler: google.respond),
        ]
    }
}
