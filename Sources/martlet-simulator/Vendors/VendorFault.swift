import HTTPTypes
import MartletCore
import MartletWeb

/// A refusal with a status of its own, chosen by a word in the prompt or by the key.
enum VendorFault: Equatable {
    case badKey
    case noCredit
    case rateLimited
    case invalid
    case noModel
    case failed
    case unavailable
    case overloaded

    /// What the key or the prompt asks for; nil for a good answer.
    static func find(_ request: VendorRequest) -> VendorFault? {
        let keys: [(String, VendorFault)] = [
            ("refused", .badKey), ("limited", .rateLimited), ("broken", .failed), ("broke", .noCredit),
            ("overloaded", .overloaded),
        ]
        if let fault = keys.first(where: { request.key.contains($0.0) })?.1 { return fault }
        switch request.scenario {
        case .badKey: return .badKey
        case .noCredits: return .noCredit
        case .rateLimited: return .rateLimited
        case .invalid: return .invalid
        case .unsupported: return .noModel
        case .badGateway: return .failed
        case .busy: return .unavailable
        case .overloaded where !request.isStreaming: return .overloaded
        default: return nil
        }
    }

    /// The status; `overloaded` is what the vendor has for it.
    func status(overloaded: Int = 503) -> HTTPResponse.Status {
        switch self {
        case .badKey: .unauthorized
        case .noCredit, .rateLimited: .tooManyRequests
        case .invalid: .badRequest
        case .noModel: .notFound
        case .failed: .internalServerError
        case .unavailable: .serviceUnavailable
        case .overloaded: .init(code: overloaded)
        }
    }

    /// What it says.
    var message: String {
        switch self {
        case .badKey: "Incorrect API key provided: sk-se…cret."
        case .noCredit: "You exceeded your current quota, please check your plan and billing details."
        case .rateLimited: "Rate limit reached."
        case .invalid: "This is not valid."
        case .noModel: "The model does not exist."
        case .failed: "The server had an error at http://10.0.0.7/ while processing."
        case .unavailable: "The service is unavailable."
        case .overloaded: "Overloaded"
        }
    }
}

/// Writes a simulated vendor's stream with the faults that a scenario asks for.
struct VendorStream {
    let stream: SimulatedStream
    let scenario: Scenario

    init(_ request: VendorRequest, writer: any ResponseWriter, context: RequestContext) {
        stream = SimulatedStream(writer: writer, clientDescriptor: context.clientDescriptor)
        scenario = request.scenario
        if scenario == .crlf { stream.lineEnd = "\r\n" }
        if scenario == .bytes { stream.writesSingleBytes = true }
    }

    /// What comes before the first event.
    func begin() throws {
        switch scenario {
        case .wait: try stream.pause(milliseconds: 3_000)
        case .silent: try stream.pause(milliseconds: 25_000)
        case .stall:
            try stream.send(Array(": hello\n\n".utf8))
            try stream.pause(milliseconds: 600_000)
        default: break
        }
    }

    /// What comes between two pieces; false where the stream ends here.
    ///
    /// `number` is that of the piece that comes, from 0.
    func goesOn(before number: Int) throws -> Bool {
        if scenario == .slow, number > 0 { try stream.pause(milliseconds: 300) }
        guard number == 2 else { return true }
        switch scenario {
        case .cut: return false
        case .stallLate: try stream.pause(milliseconds: 600_000)
        case .malformed: try stream.data(nil, "{\"this is\": not JSON")
        case .comments: try stream.send(Array(": PROCESSING\n\n".utf8))
        default: break
        }
        return true
    }
}
