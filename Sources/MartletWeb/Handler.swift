/// Answers a request by writing.
///
/// It throws a `GatewayError` to have an error written in the client's dialect, and lets `ClientGone` through.
public typealias Handler = @Sendable (Request, RequestContext, any ResponseWriter) throws -> Void

/// Something that stands around every handler.
public protocol Middleware: Sendable {
    /// Does its part and calls `next`, or does not.
    func respond(
        to request: Request,
        in context: RequestContext,
        writing writer: any ResponseWriter,
        next: Handler
    ) throws
}

/// Middlewares around a handler, the first one outermost.
public struct Pipeline: Sendable {
    private let handler: Handler

    /// Puts them together, once, at the start.
    public init(_ middlewares: [any Middleware], around innermost: @escaping Handler) {
        handler = middlewares.reversed().reduce(innermost) { next, middleware in
            { request, context, writer in
                try middleware.respond(to: request, in: context, writing: writer, next: next)
            }
        }
    }

    /// Answers a request.
    ///
    /// What it throws was not answered; with `ErrorResponder` inside that is `ClientGone` alone.
    public func respond(
        to request: Request,
        in context: RequestContext,
        writing writer: any ResponseWriter
    ) throws {
        try handler(request, context, writer)
    }
}
