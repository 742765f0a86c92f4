import HTTPTypes
import MartletCore
import MartletWeb

/// `POST /api/features`: pictures, sounds, code.
struct FeatureSimulation: Sendable {
    private static let types = [
        "IMAGE_GENERATOR", "IMAGE_VARIATOR", "IMAGE_EDITOR", "SPEECH_TO_TEXT", "AUDIO_TRANSLATOR",
        "TEXT_TO_SPEECH", "CODE_GENERATOR",
    ]
    let counters: Counters
    let assets: AssetShelf
    /// Where the simulator is reached.
    let address: String

    func respond(_ request: Request, _ context: RequestContext, _ writer: any ResponseWriter) throws {
        let bytes = try request.body.read(limit: 64 << 20)
        guard let body = try? JSON.parse(bytes), let fields = body["promptObject"]?.objectValue else {
            return try refuse("INVALID_REQUEST", "The body is not as documented.", to: writer)
        }
        let type = body["type"]?.stringValue ?? "none"
        let model = body["model"]?.stringValue ?? ""
        guard Self.types.contains(type) else {
            return try refuse("INVALID_REQUEST", "The type \(type) is not supported.", to: writer)
        }
        guard ModelShelf.isActive(model, feature: type) else {
            let message = "The model \(model) is not supported"
            return try writer.send(
                ["errorCode": "UNSUPPORTED_MODEL", "message": .string(message)],
                status: .badRequest
            )
        }
        if let fault = FeatureFields.fault(type: type, model: model, fields: fields) ?? missingAsset(fields) {
            return try refuse(
                "PROMPT_OBJECT_VALIDATION_FAILED",
                fault.problem,
                field: fault.field,
                status: .unprocessableContent,
                to: writer
            )
        }
        counters.countJob(type, body: body)
        let key = HTTPField.Name("api-key").flatMap { request.fields[$0] } ?? ""
        let result = FeatureResult(
            type: type,
            model: model,
            fields: fields,
            base: address,
            assets: assets
        )
        try write(result, scenario: scenario(fields, key: key), key: key, to: writer, context: context)
    }

    private func write(
        _ result: FeatureResult,
        scenario: Scenario,
        key: String,
        to writer: any ResponseWriter,
        context: RequestContext
    ) throws {
        if scenario == .busyTwice, counters.countAttempt("\(key) \(result.text)") <= 2 {
            return try writer.send(["message": "OPEN_AI_UNEXPECTED_ERROR"], status: .badRequest)
        }
        if try SimulatedRefusal.write(scenario, to: writer, context: context) { return }
        try pause(scenario, context: context, writer: writer)
        switch scenario {
        case .nothing, .cut: try writer.send([])
        case .truncated:
            let bytes = result.record(scenario).serialized()
            try writer.send(Array(bytes.prefix(bytes.count / 2)))
        default: try result.write(scenario, to: writer)
        }
    }

    /// Waits as long as the scenario says, and counts a relay that hangs up meanwhile.
    private func pause(_ scenario: Scenario, context: RequestContext, writer: any ResponseWriter) throws {
        let milliseconds: CInt =
            switch scenario {
            case .wait, .slow: 3_000
            case .silent: 25_000
            case .minutes: 150_000
            case .stall: 600_000
            default: 0
            }
        guard milliseconds > 0 else { return }
        do {
            try SimulatedStream(writer: writer, clientDescriptor: context.clientDescriptor)
                .pause(milliseconds: milliseconds)
        } catch {
            counters.countAbortedJob()
            throw error
        }
    }

    /// The word in the text, else in the key: variations have no text.
    private func scenario(_ fields: JSONObject, key: String) -> Scenario {
        let text = ["prompt", "text"].compactMap { fields[$0]?.stringValue }.joined(separator: " ")
        let scenario = Scenario.find(in: text)
        return scenario == .plain ? Scenario.find(in: key) : scenario
    }

    /// Pictures and sounds are named by the path of an upload.
    private func missingAsset(_ fields: JSONObject) -> (field: String, problem: String)? {
        for key in ["imageUrl", "audioUrl"] {
            guard let value = fields[key] else { continue }
            guard let path = value.stringValue, assets[path] != nil else {
                return (key, "\(key) is not the path of an asset")
            }
        }
        return nil
    }

    private func refuse(
        _ code: String,
        _ message: String,
        field: String? = nil,
        status: HTTPResponse.Status = .badRequest,
        to writer: any ResponseWriter
    ) throws {
        let details: [JSON] = field.map { [["field": .string($0), "message": .string(message)]] } ?? []
        try writer.send(
            [
                "success": false,
                "error": ["code": .string(code), "message": .string(message), "details": .array(details)],
            ],
            status: status
        )
    }
}
