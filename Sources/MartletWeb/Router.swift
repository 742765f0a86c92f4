import HTTPTypes
import MartletCore

/// Finds who answers an address.
///
/// Addresses without names are found in a table; the few patterns are tried in order. `HEAD` is answered by the
/// `GET` of the same address (the writer drops the body), `OPTIONS` with the list of methods.
public struct Router: Sendable {
    private let literals: [String: [Route]]
    private let patterns: [Route]

    /// Takes the table.
    public init(_ routes: [Route]) {
        literals = Dictionary(grouping: routes.filter(\.pattern.isLiteral), by: \.pattern.description)
        patterns = routes.filter { !$0.pattern.isLiteral }
    }

    /// Answers a request by the route that fits.
    ///
    /// - Throws: `GatewayError` of kind `notFound`, `methodNotAllowed` or, for a path that cannot be an address,
    ///   `invalidRequest`; and what the handler throws.
    public func respond(
        to request: Request,
        in context: RequestContext,
        writing writer: any ResponseWriter
    ) throws {
        var request = request
        guard let handler = try handler(of: &request, in: context, writing: writer) else { return }
        try handler(request, context, writer)
    }

    /// Who answers a request; nil where it has been answered here.
    ///
    /// Not inlined, for a stream waits in the frame of who calls.
    @inline(never)
    private func handler(
        of request: inout Request,
        in context: RequestContext,
        writing writer: any ResponseWriter
    ) throws -> Handler? {
        try Self.checkPath(request.path)
        let candidates: [Route]
        if let routes = literals[request.path] ?? literals[Self.withoutLastSlash(request.path)] {
            candidates = routes
        } else {
            let depth = RoutePattern.depth(of: request.path)
            var values: [String: String] = [:]
            candidates = patterns.filter { route in
                guard route.pattern.mayFit(depth), let found = route.pattern.match(request.path) else {
                    return false
                }
                values = found
                return true
            }
            if !candidates.isEmpty { request.pathValues = values }
        }
        guard !candidates.isEmpty else {
            throw GatewayError(
                .notFound,
                "There is nothing at \(Self.shown(request.path)). GET / lists the addresses."
            )
        }
        let wanted: HTTPRequest.Method = request.method == .head ? .get : request.method
        if let route = candidates.first(where: { $0.method == wanted }) {
            return route.handler
        }
        var allowed = candidates.map(\.method.rawValue) + ["OPTIONS"]
        if allowed.contains("GET") { allowed.append("HEAD") }
        context.responseFields[.allow] = allowed.joined(separator: ", ")
        if request.method == .options {
            try writer.sendEmpty(status: .noContent)
            return nil
        }
        throw GatewayError(
            .methodNotAllowed,
            "\(Self.shown(request.path)) does not take \(Self.shown(request.method.rawValue)), only "
                + "\(allowed.joined(separator: ", "))."
        )
    }

    /// Refuses what can only be an attempt to climb out of a folder or to confuse a parser.
    private static func checkPath(_ path: String) throws(GatewayError) {
        if isPlain(path) { return }
        let decoded = PercentEncoding.decode(path)
        let isSane =
            path.hasPrefix("/")
            && decoded?.split(separator: "/").contains { $0 == ".." || $0 == "." } == false
        guard isSane else {
            throw GatewayError(.invalidRequest, "The path of the address is malformed.", code: "invalid_path")
        }
    }

    /// Clients of management APIs write `/api/user/` and `/api/user` alike.
    private static func withoutLastSlash(_ path: String) -> String {
        path.hasPrefix("/api/") && path.hasSuffix("/") ? String(path.dropLast()) : path
    }

    /// Whether there is nothing to decode, and no segment that begins with a dot: nearly always.
    private static func isPlain(_ path: String) -> Bool {
        var previous: UInt8 = 0
        for byte in path.utf8 {
            if byte == UInt8(ascii: "%") || byte == UInt8(ascii: ".") && previous == UInt8(ascii: "/") {
                return false
            }
            previous = byte
        }
        return path.utf8.first == UInt8(ascii: "/")
    }

    /// A client's text, short and printable, for an error message.
    private static func shown(_ text: String) -> String {
        let printable = text.unicodeScalars.prefix(100).map {
            $0.isASCII && $0.value > 0x20 ? Character($0) : "?"
        }
        return String(printable)
    }
}
