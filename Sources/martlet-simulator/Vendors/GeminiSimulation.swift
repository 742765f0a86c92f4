import Glibc
import HTTPTypes
import MartletCore
import MartletWeb

/// Google's Gemini as far as a gateway sees it, with the checks that trip careless translators.
struct GeminiSimulation: Sendable {
    let log: VendorLog

    /// The addresses, below `/simulator/gemini/v1beta`.
    var routes: [Route] {
        [
            Route(.post, "/simulator/gemini/v1beta/models/{call*}", "Everything.", handler: call),
            Route(.get, "/simulator/gemini/v1beta/models", "Models.") { _, _, writer in
                try writer.send(["models": [["name": "models/gemini-2.5-flash"]]])
            },
        ]
    }

    private func call(_ request: Request, _ context: RequestContext, _ writer: any ResponseWriter) throws {
        let parts = (request.pathValues["call"] ?? "").split(separator: ":").map(String.init)
        guard parts.count == 2 else {
            return try writer.send(Self.error(404, "NOT_FOUND", "Not found."), status: .notFound)
        }
        let key = HTTPField.Name("x-goog-api-key").flatMap { request.fields[$0] } ?? ""
        let body = (try? JSON.parse(try request.body.read(limit: 64 << 20))) ?? .null
        let path = request.path + (request.query.map { "?" + $0 } ?? "")
        log.count("gemini", key: key, path: path, body: body, fields: [:])
        let isStreaming = parts[1] == "streamGenerateContent"
        let asked = Self.read(body, model: parts[0], key: key, isStreaming: isStreaming)
        if let fault = key.isEmpty ? .badKey : VendorFault.find(asked) { return try refuse(fault, writer) }
        switch parts[1] {
        case "embedContent": return try writer.send(["embedding": ["values": [1.0, 2.0]]])
        case "batchEmbedContents":
            let count = body["requests"]?.arrayValue?.count ?? 0
            return try writer.send([
                "embeddings": .array((0..<count).map { ["values": [JSON(Double($0)), 2.0]] })
            ])
        case "countTokens": return try writer.send(["totalTokens": 42])
        default: break
        }
        if let problem = GeminiChecks(body, model: parts[0]).problem {
            return try writer.send(Self.error(400, "INVALID_ARGUMENT", problem), status: .badRequest)
        }
        let writing = GeminiAnswerWriting(asked)
        guard isStreaming else {
            if asked.scenario == .wait { usleep(3_000_000) }
            return try writer.send(writing.whole)
        }
        guard request.query?.contains("alt=sse") == true else {
            return try writer.send(.array(writing.parts))
        }
        log.openStream("gemini")
        do {
            try writing.stream(VendorStream(asked, writer: writer, context: context))
            log.closeStream("gemini", aborted: false)
        } catch {
            log.closeStream("gemini", aborted: true)
            throw error
        }
    }

    private func refuse(_ fault: VendorFault, _ writer: any ResponseWriter) throws {
        switch fault {
        case .badKey:
            let details: JSON = [
                ["@type": "type.googleapis.com/google.rpc.ErrorInfo", "reason": "API_KEY_INVALID"]
            ]
            try writer.send(
                Self.error(
                    400,
                    "INVALID_ARGUMENT",
                    "API key not valid. Please pass a valid API key.",
                    details
                ),
                status: .badRequest
            )
        case .rateLimited, .noCredit:
            let details: JSON = [["@type": "type.googleapis.com/google.rpc.RetryInfo", "retryDelay": "1s"]]
            try writer.send(
                Self.error(429, "RESOURCE_EXHAUSTED", fault.message, details),
                status: .tooManyRequests
            )
        case .invalid:
            try writer.send(Self.error(400, "INVALID_ARGUMENT", fault.message), status: .badRequest)
        case .noModel: try writer.send(Self.error(404, "NOT_FOUND", fault.message), status: .notFound)
        case .failed:
            try writer.send(Self.error(500, "INTERNAL", fault.message), status: .internalServerError)
        case .unavailable, .overloaded:
            try writer.send(Self.error(503, "UNAVAILABLE", fault.message), status: .serviceUnavailable)
        }
    }

    static func error(_ code: Int, _ status: String, _ message: String, _ details: JSON = []) -> JSON {
        [
            "error": [
                "code": JSON(code), "message": .string(message), "status": .string(status),
                "details": details,
            ]
        ]
    }

    private static func read(_ body: JSON, model: String, key: String, isStreaming: Bool) -> VendorRequest {
        let contents = body["contents"]?.arrayValue ?? []
        let users = contents.filter { $0["role"] != "model" }
        let said = users.map { text($0) }.last { !$0.isEmpty } ?? ""
        let results = (users.last?["parts"]?.arrayValue ?? []).compactMap {
            $0["functionResponse"]?["response"]
        }
        let tools = (body["tools"]?.arrayValue ?? []).flatMap { $0["functionDeclarations"]?.arrayValue ?? [] }
        let configuration = body["generationConfig"]
        return VendorRequest(
            vendor: "gemini",
            key: key,
            model: model,
            prompt: said,
            results: results.map { result in
                result["result"]?.stringValue ?? result["error"]?.stringValue
                    ?? String(decoding: result.serialized(), as: UTF8.self)
            },
            tools: body["toolConfig"]?["functionCallingConfig"]?["mode"] == "NONE"
                ? [] : tools.compactMap { $0["name"]?.stringValue },
            wantsJSON: configuration?["responseMimeType"] == "application/json",
            thinks: configuration?["thinkingConfig"]?["includeThoughts"] == true,
            choices: configuration?["candidateCount"]?.intValue ?? 1,
            isStreaming: isStreaming
        )
    }

    private static func text(_ content: JSON) -> String {
        (content["parts"]?.arrayValue ?? []).compactMap { $0["text"]?.stringValue }.joined(separator: "\n")
    }
}

/// What Google refuses.
struct GeminiChecks {
    private static let known: Set<String> = [
        "contents", "systemInstruction", "generationConfig", "tools", "toolConfig", "safetySettings",
        "cachedContent",
    ]
    private let body: JSON
    private let model: String

    init(_ body: JSON, model: String) {
        self.body = body
        self.model = model
    }

    /// The first thing that is wrong; nil for a sound request.
    var problem: String? {
        guard let members = body.objectValue, let contents = body["contents"]?.arrayValue else {
            return "contents is required"
        }
        if let strange = members.keys.first(where: { !Self.known.contains($0) }) {
            return "Invalid JSON payload received. Unknown name \"\(strange)\""
        }
        if let stops = body["generationConfig"]?["stopSequences"]?.arrayValue, stops.count > 5 {
            return "The number of stop sequences must be at most 5."
        }
        for content in contents {
            let parts = content["parts"]?.arrayValue ?? []
            if parts.isEmpty { return "contents.parts must not be empty." }
            guard content["role"] == "user" || content["role"] == "model" else {
                return "Please use a valid role: user, model."
            }
            let calls = parts.filter { $0["functionCall"] != nil }
            if model.contains("gemini-3"), let first = calls.first {
                let seal = first["thoughtSignature"]?.stringValue ?? ""
                if seal != "skip_thought_signature_validator", !seal.hasPrefix("c2VhbC1mb3It") {
                    return "Function call is missing a thought_signature in functionCall parts."
                }
            }
        }
        for tool in body["tools"]?.arrayValue ?? [] {
            for function in tool["functionDeclarations"]?.arrayValue ?? [] {
                if let word = Self.strange(in: function["parameters"] ?? [:]) {
                    return
                        "Invalid JSON payload received. Unknown name \"\(word)\" at 'tools[0].function_declarations[0].parameters'"
                }
            }
        }
        return nil
    }

    private static func strange(in schema: JSON) -> String? {
        switch schema {
        case .object(let members):
            for (key, value) in members {
                if ["$schema", "additionalProperties", "strict", "$ref", "$defs", "const", "oneOf", "allOf"]
                    .contains(key)
                {
                    return key
                }
                if let found = strange(in: value) { return found }
            }
            return nil
        case .array(let values): return values.lazy.compactMap(strange).first
        default: return nil
        }
    }
}
