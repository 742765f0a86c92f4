public import FastCGI
import HTTPTypes
public import Logging
import MartletCore
public import MartletWeb

/// Turns the web server's exchange into a request, and the answer into CGI.
///
/// Source: RFC 3875 (CGI/1.1).
public struct Front: Sendable {
    private let pipeline: Pipeline
    private let prefix: String
    private let trustedProxies: [AddressRange]
    private let logger: Logger
    private let drain: DrainSignal
    private let userParameter: String?

    /// - Parameters:
    ///   - pipeline: what answers.
    ///   - prefix: under which path the application lives, for example `/ai`; empty for the root.
    ///   - trustedProxies: whose `X-Forwarded-For` is believed.
    ///   - logger: where requests are logged.
    ///   - drain: tells running requests that the process leaves.
    ///   - userParameter: in which parameter the web server names a client that it knows; nil for none. A client's own
    ///     fields are named `HTTP_…`, which this must not be.
    public init(
        pipeline: Pipeline,
        prefix: String = "",
        trustedProxies: [AddressRange] = [],
        logger: Logger,
        drain: DrainSignal = DrainSignal(),
        userParameter: String? = nil
    ) {
        self.userParameter = userParameter
        self.drain = drain
        self.pipeline = pipeline
        self.prefix = prefix
        self.trustedProxies = trustedProxies
        self.logger = logger
    }

    /// Answers one exchange, on the calling thread.
    public func answer(_ exchange: Exchange) {
        let context = RequestContext(logger: logger, drain: drain) { exchange.descriptor }
        let writer = ExchangeWriter(exchange, context: context)
        exchange.afterEnd { context.doWhatRemains() }
        do {
            try pipeline.respond(to: request(from: exchange), in: context, writing: writer)
        } catch {
            // Only a client that has left comes this far, and the log line has been written.
        }
    }

    private func request(from exchange: Exchange) -> Request {
        let parameters = exchange.parameters
        let target = RequestTarget(
            parameters["REQUEST_URI"] ?? parameters["SCRIPT_NAME"] ?? "/",
            prefix: prefix
        )
        var request = Request(
            method: HTTPRequest.Method(rawValue: parameters["REQUEST_METHOD"] ?? "GET") ?? .get,
            path: target.path,
            query: target.query,
            fields: FieldsFromParameters.read(parameters),
            clientAddress: ClientAddress.find(
                peer: parameters["REMOTE_ADDR"] ?? "",
                forwarded: trustedProxies.isEmpty ? nil : parameters["HTTP_X_FORWARDED_FOR"],
                trusted: trustedProxies
            ),
            body: ExchangeBody(exchange)
        )
        request.isSecure =
            parameters["HTTPS"].map { !$0.isEmpty && $0 != "off" } ?? false
            || parameters["REQUEST_SCHEME"] == "https" || parameters["HTTP_X_FORWARDED_PROTO"] == "https"
        if let userParameter, let user = parameters[userParameter], !user.isEmpty { request.proven = user }
        return request
    }
}
