public import HTTPTypes
public import MartletCore
import MartletProviders
public import MartletWeb

/// Which dialect is spoken at which address.
public struct Dialects: Sendable {
    let chat: any Surface
    let completions: any Surface
    let responses: any Surface
    let messages: AnthropicSurface
    /// The time in seconds since 1970.
    let now: @Sendable () -> Int

    /// Makes all dialects; `now` is the time in seconds since 1970.
    public init(now: @escaping @Sendable () -> Int) {
        chat = OpenAISurface(now: now)
        completions = CompletionsSurface(now: now)
        responses = ResponsesSurface(now: now)
        messages = AnthropicSurface()
        self.now = now
    }

    /// Writes an error in the dialect of the address at which it happened.
    public func encode(_ error: GatewayError, at path: String, request: RequestID) -> [UInt8] {
        if Self.speaksGemini(path) { return GeminiSurface().encode(error, request: request) }
        return (Self.speaksAnthropic(path) ? messages : chat).encode(error, request: request)
    }

    /// The status of an error in the dialect of the address at which it happened.
    public func status(of error: GatewayError, at path: String) -> HTTPResponse.Status {
        if Self.speaksGemini(path) { return error.kind.geminiStatus }
        return Self.speaksAnthropic(path) ? error.kind.anthropicStatus : error.kind.status
    }

    private static func speaksAnthropic(_ path: String) -> Bool {
        path.hasPrefix("/v1/messages")
            ? path.count == 12 || path.hasPrefix("/v1/messages/")
            : path.hasSuffix("/v1/messages") || path.hasSuffix("/v1/messages/count_tokens")
    }

    private static func speaksGemini(_ path: String) -> Bool {
        if path.hasPrefix("/v1beta/") || path.contains("/v1beta/models") { return true }
        return path.contains("/v1/models/")
            && [":generateContent", ":streamGenerateContent", ":countTokens"].contains(where: path.hasSuffix)
    }
}

extension Dialects: Middleware {
    /// Names the request in the field that the dialect of the address has for it, beside `x-request-id`.
    public func respond(
        to request: Request,
        in context: RequestContext,
        writing writer: any ResponseWriter,
        next: Handler
    ) throws {
        if Self.speaksAnthropic(request.path) {
            context.responseFields[.anthropicRequestID] = context.id.text
        }
        try next(request, context, writer)
    }
}

extension HTTPField.Name {
    /// `request-id`, which Anthropic's SDKs show as `_request_id`.
    static let anthropicRequestID = HTTPField.Name("request-id") ?? .via
}
