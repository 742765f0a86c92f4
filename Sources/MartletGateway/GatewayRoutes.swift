import HTTPTypes
public import MartletProviders
public import MartletWeb

/// The relay's addresses.
public enum GatewayRoutes {
    /// The route table.
    ///
    /// - Parameters:
    ///   - gateway: what the endpoints work with.
    ///   - surface: the dialect of `/v1`.
    ///   - version: of the program, for `GET /` and `GET /health`.
    /// - Returns: one line for each method of each address.
    public static func table(_ gateway: Gateway, surface: any Surface, version: String) -> [Route] {
        let chat = ChatCompletions(gateway: gateway, surface: surface)
        let models = Models(catalogue: gateway.catalogue)
        let service = Service(version: version)
        let relay = [
            Route(.post, "/v1/chat/completions", "Chat, streamed or whole.", handler: chat.respond),
            Route(.get, "/v1/models", "The models.", handler: models.list),
            Route(.get, "/v1/models/{model*}", "One model.", handler: models.one),
            Route(.get, "/health", "Whether the service runs.", handler: service.health),
        ]
        let home = Route(.get, "/", "The service and its addresses.") { _, _, writer in
            try service.describe(relay, to: writer)
        }
        return relay + [home]
    }
}
