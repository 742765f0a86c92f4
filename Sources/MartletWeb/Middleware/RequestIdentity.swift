public import HTTPTypes
import MartletCore

/// Gives every request an id: the client's own when it is sane, else a new one.
///
/// Every answer returns it.
public struct RequestIdentity: Middleware {
    /// Makes the middleware.
    public init() {}

    /// Sets the id and the answer's `X-Request-Id`.
    public func respond(
        to request: Request,
        in context: RequestContext,
        writing writer: any ResponseWriter,
        next: Handler
    ) throws {
        if let own = request.fields[.requestID].flatMap(RequestID.init(client:)) { context.id = own }
        context.responseFields[.requestID] = context.id.text
        try next(request, context, writer)
    }
}

extension HTTPField.Name {
    /// `X-Request-Id`; OpenAI's SDKs show it as `_request_id`.
    public static let requestID = HTTPField.Name("x-request-id") ?? .via
}
