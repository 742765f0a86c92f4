public import HTTPTypes
public import MartletCore

/// Writes every error in the client's dialect.
public struct ErrorResponder: Middleware {
    private let body: @Sendable (GatewayError, Request, RequestID) -> [UInt8]
    private let status: @Sendable (GatewayError, Request) -> HTTPResponse.Status

    /// - Parameters:
    ///   - status: the status of an error, in the dialect of the request's address.
    ///   - body: how it looks there.
    public init(
        status: @escaping @Sendable (GatewayError, Request) -> HTTPResponse.Status = { error, _ in
            error.kind.status
        },
        body: @escaping @Sendable (GatewayError, Request, RequestID) -> [UInt8]
    ) {
        self.status = status
        self.body = body
    }

    /// Turns what is thrown into an answer; `ClientGone` goes on, for there is nobody to answer.
    public func respond(
        to request: Request,
        in context: RequestContext,
        writing writer: any ResponseWriter,
        next: Handler
    ) throws {
        do {
            try next(request, context, writer)
        } catch let gone as ClientGone {
            throw gone
        } catch let error as GatewayError {
            try report(error, of: request, in: context, writing: writer)
        } catch {
            let failure = GatewayError(
                .internalFailure,
                "The gateway failed. Its log names the reason under this request's id.",
                detail: "\(type(of: error)): \(error)"
            )
            try report(failure, of: request, in: context, writing: writer)
        }
    }

    private func report(
        _ error: GatewayError,
        of request: Request,
        in context: RequestContext,
        writing writer: any ResponseWriter
    ) throws {
        context.facts.label = context.facts.label ?? error.label
        context.facts.detail = error.detail ?? error.message
        // Behind the first byte the stream's own encoder has reported it already.
        guard !writer.isCommitted else { return }
        if let wait = error.retryAfter {
            let milliseconds = max(1, Int((wait / .milliseconds(1)).rounded(.up)))
            context.responseFields[.retryAfter] = String((milliseconds + 999) / 1000)
            context.responseFields[.retryAfterMilliseconds] = String(milliseconds)
        }
        if let shouldRetry = error.shouldRetry {
            context.responseFields[.shouldRetry] = shouldRetry ? "true" : "false"
        }
        if error.kind == .missingKey || error.kind == .invalidKey {
            context.responseFields[.wwwAuthenticate] = "Bearer"
        }
        try writer.send(body(error, request, context.id), status: status(error, request))
    }
}

extension HTTPField.Name {
    /// Milliseconds to wait; OpenAI's SDKs read it before `Retry-After`.
    static let retryAfterMilliseconds = HTTPField.Name("retry-after-ms") ?? .retryAfter
    /// Tells OpenAI's and Anthropic's SDKs whether to try again by themselves.
    static let shouldRetry = HTTPField.Name("x-should-retry") ?? .retryAfter
}
