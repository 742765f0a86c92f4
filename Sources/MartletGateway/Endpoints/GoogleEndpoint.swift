import HTTPTypes
import MartletAccounts
import MartletCore
import MartletMeter
import MartletProviders
import MartletWeb

/// `POST /v1beta/models/{model}:{action}`: what Google's clients send.
struct GoogleEndpoint: Sendable {
    let gateway: Gateway

    func respond(to request: Request, in context: RequestContext, writing writer: any ResponseWriter) throws {
        let call = request.pathValues["model"] ?? ""
        guard let colon = call.lastIndex(of: ":") else { throw Self.unknown(call) }
        let model = ModelName(String(call[..<colon]))
        let action = String(call[call.index(after: colon)...])
        let query = Query(request.query)
        switch action {
        case "generateContent", "streamGenerateContent":
            let isStreaming = action == "streamGenerateContent"
            let surface = GeminiSurface(
                model: model,
                isStreaming: isStreaming,
                writesEvents: query["alt"] == "sse"
            )
            // Vendors are always asked for events: only those can be passed on while they come.
            let suffix = isStreaming && query["alt"] == "sse" ? "?alt=sse" : ""
            try ChatEndpoint(
                gateway: gateway,
                surface: surface,
                route: "models/\(model.text):\(action)\(suffix)"
            ).respond(to: request, in: context, writing: writer)
        case "countTokens": try count(request, model: model, context, writer)
        default: throw Self.unknown(call)
        }
    }

    /// Counts here what a prompt takes.
    private func count(
        _ request: Request,
        model: ModelName,
        _ context: RequestContext,
        _ writer: any ResponseWriter
    ) throws {
        let (caller, _) = try gateway.caller(of: request, in: context)
        let body = try JSONBody.read(request, limit: gateway.bodyLimit)
        let inner = body["generateContentRequest"] ?? body
        let chat = try GeminiSurface(model: model, isStreaming: false).decode(inner)
        _ = try gateway.limits.admit(caller, endpoint: "count_tokens", tokens: 0, context: context)
        let tokens = ChatTokens.count(chat, with: gateway.tokens.counter(model: model.text))
        try writer.send(["totalTokens": JSON(tokens.value)])
    }

    private static func unknown(_ call: String) -> GatewayError {
        GatewayError(
            .notFound,
            "There is nothing at models/\(call.prefix(100)): known are :generateContent, :streamGenerateContent and "
                + ":countTokens."
        )
    }
}
