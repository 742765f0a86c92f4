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

    /// - Parameters:
    ///   - pipeline: what answers.
    ///   - prefix: under which path the application lives, for example `/ai`; empty for the root.
    ///   - trustedProxies: whose `X-Forwarded-For` is believed.
    ///   - logger: where requests are logged.
    public init(pipeline: Pipeline, prefix: String = "", trustedProxies: [AddressRange] = [], logger: Logger)
    {
        self.pipeline = pipeline
        self.prefix = prefix
        self.trustedProxies = trustedProxies
        self.logger = logger
    }

    /// Answers one exchange, on the calling thread.
    public func answer(_ exchange: Exchange) {
        let context = RequestContext(logger: logger) { exchange.descriptor }
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
        let target = parameters["REQUEST_URI"] ?? parameters["SCRIPT_NAME"] ?? "/"
        let (path, query) = split(target)
        return Request(
            method: HTTPRequest.Method(rawValue: parameters["REQUEST_METHOD"] ?? "GET") ?? .get,
            path: path,
            query: query,
            fields: FieldsFromParameters.read(parameters),
            clientAddress: ClientAddress.find(
                peer: parameters["REMOTE_ADDR"] ?? "",
                forwarded: trustedProxies.isEmpty ? nil : parameters["HTTP_X_FORWARDED_FOR"],
                trusted: trustedProxies
            ),
            body: ExchangeBody(exchange.input)
        )
    }

    /// The target without scheme and host, in which a client may write it, and without the prefix.
    private func split(_ target: String) -> (path: String, query: String?) {
        var rest = target[...]
        if let scheme = ["http://", "https://"].first(where: { rest.hasPrefix($0) }) {
            rest = rest.dropFirst(scheme.count).drop { $0 != "/" && $0 != "?" }
        }
        let query = rest.firstIndex(of: "?").map { String(rest[rest.index(after: $0)...]) }
        var path = rest.prefix { $0 != "?" }
        if !prefix.isEmpty, path.hasPrefix(prefix) {
            let inner = path.dropFirst(prefix.count)
            if inner.isEmpty || inner.first == "/" { path = inner }
        }
        return (path.isEmpty ? "/" : String(path), query)
    }
}
