import HTTPTypes

/// Lets pages of other origins call the relay, as the settings allow.
///
/// Source: the Fetch standard, CORS protocol.
public struct CrossOrigin: Middleware {
    private let origins: Set<String>
    private let isClosed: @Sendable (_ path: String) -> Bool

    /// - Parameters:
    ///   - origins: scheme, host and port each, or `*` for any; an empty list allows none.
    ///   - isClosed: whether pages of other origins may not call an address at all, whatever the settings say.
    public init(
        origins: [String],
        except isClosed: @escaping @Sendable (_ path: String) -> Bool = { _ in false }
    ) {
        self.origins = Set(origins)
        self.isClosed = isClosed
    }

    /// Adds the fields, and answers a preflight itself.
    public func respond(
        to request: Request,
        in context: RequestContext,
        writing writer: any ResponseWriter,
        next: Handler
    ) throws {
        if try answers(request, in: context, writing: writer) { return }
        try next(request, context, writer)
    }

    /// Adds the fields; true where it has answered a preflight.
    ///
    /// Not inlined, for a stream waits in the frame of who calls.
    @inline(never)
    private func answers(
        _ request: Request,
        in context: RequestContext,
        writing writer: any ResponseWriter
    ) throws -> Bool {
        guard let origin = request.fields[.origin], !isClosed(request.path), let allowed = allowed(origin)
        else { return false }
        context.responseFields[.accessControlAllowOrigin] = allowed
        if allowed != "*" { context.responseFields[.vary] = "Origin" }
        context.responseFields[.accessControlExposeHeaders] = Self.exposed
        guard request.method == .options, request.fields[.accessControlRequestMethod] != nil else {
            return false
        }
        context.responseFields[.accessControlAllowMethods] = "GET, HEAD, POST, DELETE, OPTIONS"
        // The wildcard does not cover Authorization, so the wish is repeated; SDKs send fields of their own.
        context.responseFields[.accessControlAllowHeaders] =
            request.fields[.accessControlRequestHeaders].flatMap(Self.sane)
            ?? "Authorization, Content-Type, x-api-key"
        context.responseFields[.accessControlMaxAge] = "86400"
        try writer.sendEmpty(status: .noContent)
        return true
    }

    private static let exposed =
        "x-request-id, request-id, retry-after, retry-after-ms, x-should-retry, x-ratelimit-limit-requests, "
        + "x-ratelimit-remaining-requests, x-ratelimit-reset-requests, x-ratelimit-limit-tokens, "
        + "x-ratelimit-remaining-tokens, x-ratelimit-reset-tokens"

    private func allowed(_ origin: String) -> String? {
        if origins.contains("*") { return "*" }
        return origins.contains(origin) ? origin : nil
    }

    private static func sane(_ names: String) -> String? {
        let isSane = names.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7f || $0 == 0x20 }
        return isSane && names.utf8.count <= 1_000 ? names : nil
    }
}
