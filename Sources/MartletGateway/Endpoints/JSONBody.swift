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

    /// The bytes as they came, and what they mean; see `read`.
    static func readBoth(_ request: Request, limit: Int) throws -> (bytes: [UInt8], json: JSON) {
        if let type = request.fields.value(of: .contentType), !isJSON(type) {
            throw GatewayError(
                .unsupportedMediaType,
                "The body must be JSON: send 'Content-Type: application/json'.",
                code: "unsupported_media_type"
            )
        }
        let bytes = try request.body.read(limit: limit)
        guard !bytes.isEmpty else {
            throw GatewayError(
                .invalidRequest,
                "The body is empty; it must be a JSON object.",
                code: "invalid_json"
            )
        }
        do {
            var limits = JSONLimits.default
            // Pictures stay where they are: see `SourceText`.
            limits.keptLength = 65_536
            return (bytes, try JSON.parse(bytes, limits: limits))
        } catch {
            throw GatewayError(.invalidRequest, "The body is not valid JSON: \(error).", code: "invalid_json")
        }
    }

    private static func isJSON(_ contentType: String) -> Bool {
        if contentType == "application/json" { return true }
        let type = contentType.prefix { $0 != ";" && $0 != " " }.lowercased()
        return type == "application/json" || type.hasSuffix("+json")
    }
}
