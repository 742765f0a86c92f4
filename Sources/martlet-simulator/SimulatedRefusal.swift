import HTTPTypes
import MartletCore
import MartletWeb

/// The refusals that come with a status of their own.
enum SimulatedRefusal {
    /// Writes the refusal; false when the scenario is none.
    static func write(_ scenario: Scenario, to writer: any ResponseWriter, context: RequestContext) throws
        -> Bool
    {
        switch scenario {
        case .badKey:
            try writer.send(nested("UNAUTHORIZED", "The API key is not valid."), status: .unauthorized)
        case .unsupported:
            try writer.send(
                ["errorCode": "UNSUPPORTED_MODEL", "message": "Not this one."],
                status: .badRequest
            )
        case .invalid:
            try writer.send(
                nested("PROMPT_OBJECT_VALIDATION_FAILED", "Wrong."),
                status: .unprocessableContent
            )
        case .rateLimited:
            context.responseFields[.retryAfter] = "7"
            try writer.send(nested("RATE_LIMITED", "Slow down."), status: .tooManyRequests)
        case .busy:
            try writer.send(["message": "OPEN_AI_UNEXPECTED_ERROR"], status: .badRequest)
        case .badGateway:
            let page = Array("<html><body>Bad gateway at http://10.0.0.7/</body></html>".utf8)
            try writer.send(page, status: .badGateway, contentType: "text/html")
        case .badSize:
            let message = "Invalid value: '1x1'. Supported values are: '1024x1024' and 'auto'."
            try writer.send(
                ["errorCode": "OPEN_AI_UNEXPECTED_ERROR", "message": .string(message)],
                status: .badRequest
            )
        case .gatewayTimeout:
            let page = Array("<html><body>504 Gateway Time-out at http://10.0.0.7/</body></html>".utf8)
            try writer.send(page, status: .gatewayTimeout, contentType: "text/html")
        default:
            return false
        }
        return true
    }

    private static func nested(_ code: String, _ message: String) -> JSON {
        ["success": false, "error": ["code": .string(code), "message": .string(message), "details": []]]
    }
}
