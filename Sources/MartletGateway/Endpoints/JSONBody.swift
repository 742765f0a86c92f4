import HTTPTypes
import MartletCore
import MartletWeb

/// Reads a request's body as JSON.
enum JSONBody {
    /// - Throws: `GatewayError` of kind `unsupportedMediaType`, `bodyTooLarge`, or `invalidRequest` with the place of
    ///   the first fault; `ClientGone`.
    static func read(_ request: Request, limit: Int) throws -> JSON {
        try readBoth(request, limit: limit).json
    }

    /// Takes the body in: in memory, or in a file where it is long.
    ///
    /// - Throws: `GatewayError` of kind `unsupportedMediaType`, `bodyTooLarge`, `invalidRequest` or `unavailable`;
    ///   `ClientGone`.
    static func receive(_ request: Request, limit: Int, folder: String) throws -> ReceivedBody {
        try checkType(of: request)
        let body = try ReceivedBody(of: request, limit: limit, folder: folder, keeping: decisive)
        if body.count == 0 { throw empty }
        return body
    }

    /// What bytes mean.
    ///
    /// - Throws: `GatewayError` of kind `invalidRequest` with the place of the first fault.
    static func parse(_ bytes: [UInt8]) throws(GatewayError) -> JSON {
        do {
            var limits = JSONLimits.default
            // Pictures stay where they are: see `SourceText`.
            limits.keptLength = 65_536
            return try JSON.parse(bytes, limits: limits)
        } catch {
            throw GatewayError(.invalidRequest, "The body is not valid JSON: \(error).", code: "invalid_json")
        }
    }

    /// The bytes as they came, and what they mean; see `read`.
    static func readBoth(_ request: Request, limit: Int) throws -> (bytes: [UInt8], json: JSON) {
        try checkType(of: request)
        let bytes = try request.body.read(limit: limit)
        guard !bytes.isEmpty else { throw empty }
        return (bytes, try parse(bytes))
    }

    /// What decides where a request goes.
    private static let decisive: Set<String> = [
        "model", "stream", "stream_options", "max_tokens", "max_completion_tokens", "user",
        "prompt_cache_key",
    ]

    private static var empty: GatewayError {
        GatewayError(.invalidRequest, "The body is empty; it must be a JSON object.", code: "invalid_json")
    }

    private static func checkType(of request: Request) throws(GatewayError) {
        guard let type = request.fields.value(of: .contentType), !isJSON(type) else { return }
        throw GatewayError(
            .unsupportedMediaType,
            "The body must be JSON: send 'Content-Type: application/json'.",
            code: "unsupported_media_type"
        )
    }

    private static func isJSON(_ contentType: String) -> Bool {
        if contentType == "application/json" { return true }
        let type = contentType.prefix { $0 != ";" && $0 != " " }.lowercased()
        return type == "application/json" || type.hasSuffix("+json")
    }
}
