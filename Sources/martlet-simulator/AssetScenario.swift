import Glibc
import HTTPTypes
import MartletCore
import MartletWeb

/// What a simulated upload shall meet, chosen by a word at the end of the file such as `sim:asset-slow`.
///
/// Pictures and PDF documents may have anything behind their end.
enum AssetScenario: String, CaseIterable {
    case refused = "asset-refused"
    case broken = "asset-broken"
    case rateLimited = "asset-rate-limited"
    case noCredits = "asset-no-credits"
    case slow = "asset-slow"
    case late = "asset-late"
    case odd = "asset-odd"
    case nothing = "asset-nothing"
    case garbage = "asset-garbage"
    case undeletable = "asset-undeletable"

    /// Finds the word among the last bytes of a file.
    static func find(in bytes: [UInt8]) -> AssetScenario? {
        let tail = String(decoding: bytes.suffix(64), as: UTF8.self)
        return allCases.first { tail.hasSuffix("sim:" + $0.rawValue) }
    }

    /// Writes an answer other than the usual one; false when the usual one shall follow.
    func write(_ asset: () -> JSON, to writer: any ResponseWriter, context: RequestContext) throws -> Bool {
        switch self {
        case .refused:
            try writer.send(
                ["success": false, "error": ["code": "UNSUPPORTED_FILE_TYPE", "message": "Not this type."]],
                status: .badRequest
            )
        case .broken:
            let page = Array("<html>Internal error at http://10.0.0.7/assets with key sk-inner-1</html>".utf8)
            try writer.send(page, status: .internalServerError, contentType: "text/html")
        case .rateLimited:
            context.responseFields[.retryAfter] = "7"
            try writer.send(["message": "RATE_LIMITED"], status: .tooManyRequests)
        case .noCredits:
            try writer.send(
                ["errorCode": "INSUFFICIENT_CREDITS", "message": "None left."],
                status: .badRequest
            )
        case .slow:
            usleep(3_000_000)
            return false
        case .late:
            usleep(3_000_000)
            return try Self.broken.write(asset, to: writer, context: context)
        case .odd:
            let path = asset()["fileContent"]?["path"]?.stringValue ?? ""
            try writer.send(["result": ["path": .string("/" + path)]])
        case .nothing:
            try writer.send(["success": true])
        case .garbage:
            try writer.send(Array("{\"fileContent\":".utf8))
        case .undeletable:
            return false
        }
        return true
    }

    /// What it does, for `martlet-simulator scenarios`.
    var summary: String {
        switch self {
        case .refused: "400 with UNSUPPORTED_FILE_TYPE"
        case .broken: "500 with a page of HTML"
        case .rateLimited: "429 with Retry-After: 7"
        case .noCredits: "400 with INSUFFICIENT_CREDITS"
        case .slow: "an upload that takes 3 s"
        case .late: "500 with a page of HTML, after 3 s"
        case .odd: "a path in another place, no id"
        case .nothing: "success without a path"
        case .garbage: "JSON that breaks off"
        case .undeletable: "an upload that cannot be deleted"
        }
    }
}
