public import MartletCore

/// The form of every answer of the management API: `{"success","message","data"}`.
public enum Envelope {
    /// An answer with something in it, or nothing.
    static func success(_ data: JSON?, message: String = "") -> JSON {
        var object: JSONObject = ["success": true, "message": .string(message)]
        if let data { object["data"] = data }
        return .object(object)
    }

    /// An error: `{"success":false,"message","code"?,"parameter"?,"request_id"}`.
    public static func encode(_ error: GatewayError, request: RequestID) -> [UInt8] {
        var object: JSONObject = [
            "success": false, "message": .string(error.message), "request_id": .string(request.text),
        ]
        object["code"] = error.code.map { .string($0) }
        object["parameter"] = error.parameter.map { .string($0) }
        return JSON.object(object).serialized()
    }

    /// Whether the answers at an address have this form.
    public static func isSpoken(at path: String) -> Bool { path == "/api" || path.hasPrefix("/api/") }
}
