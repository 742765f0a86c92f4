import Glibc
import HTTPTypes
import MartletCore
import MartletWeb

/// OpenAI and Azure as far as a gateway sees them: chat and Responses, streamed and whole, embeddings, pictures, sound,
/// moderations, rerank, models, errors.
struct OpenAISimulation: Sendable {
    let log: VendorLog

    /// The addresses, below `/simulator/openai/v1` and `/simulator/azure/openai`.
    var routes: [Route] {
        let usual = Route(.post, "/simulator/openai/v1/chat/completions", "Chat.", handler: chat("openai"))
        let deployments = Route(
            .post,
            "/simulator/azure/openai/deployments/{model}/{route*}",
            "Azure's deployments.",
            handler: deployment
        )
        let newer = Route(
            .post,
            "/simulator/azure/openai/v1/chat/completions",
            "Azure's newer addresses.",
            handler: chat("azure")
        )
        let strict = Route(
            .post,
            "/simulator/strict/v1/chat/completions",
            "A server that refuses what it does not know.",
            handler: chat("strict")
        )
        return [usual, deployments, newer, strict] + others
    }

    /// What a key is told for nothing.
    private func told(_ path: String, _ answer: JSON) -> Route {
        Route(.get, RoutePattern(stringLiteral: "/simulator/openai/v1/\(path)"), path) { request, _, writer in
            guard !Self.key(request).contains("refused") else {
                return try writer.send(
                    ["error": ["message": .string(VendorFault.badKey.message), "code": "invalid_api_key"]],
                    status: .unauthorized
                )
            }
            try writer.send(answer)
        }
    }

    private var others: [Route] {
        func route(_ path: String, _ answer: @escaping @Sendable (JSON) -> JSON) -> Route {
            Route(.post, RoutePattern(stringLiteral: "/simulator/openai/v1/\(path)"), path) {
                request,
                context,
                writer in
                guard let (asked, body) = try open(request, vendor: "openai", writer) else { return }
                if let fault = VendorFault.find(asked) { return try refuse(fault, context, writer) }
                try writer.send(answer(body))
            }
        }
        return [
            Route(.post, "/simulator/openai/v1/responses", "Responses.", handler: responses),
            route("embeddings", Self.embeddings), route("moderations", Self.moderation),
            route("rerank", Self.rerank),
            route("images/generations") { _ in
                [
                    "created": 1, "data": [["b64_json": "iVBORw0KGgo="]],
                    "usage": ["input_tokens": 5, "output_tokens": 9],
                ]
            },
            Route(.post, "/simulator/openai/v1/audio/speech", "Speech.") { request, context, writer in
                guard let (asked, _) = try open(request, vendor: "openai", writer) else { return }
                if let fault = VendorFault.find(asked) { return try refuse(fault, context, writer) }
                try writer.send(Array("ID3-sound".utf8), contentType: "audio/mpeg")
            },
            Route(.post, "/simulator/openai/v1/audio/transcriptions", "Transcripts.") { request, _, writer in
                let form = try MultipartForm(of: request, limit: 32 << 20)
                let model = form.parts(named: "model").first?.text ?? ""
                log.count(
                    "openai",
                    key: Self.key(request),
                    path: request.path,
                    body: ["model": .string(model)],
                    fields: [:]
                )
                try writer.send(["text": "What was said.", "model": .string(model)])
            },
            told(
                "models",
                [
                    "object": "list",
                    "data": [["id": "gpt-4o-mini", "object": "model", "created": 1, "owned_by": "openai"]],
                ]
            ),
            // As one-api and its heirs tell it: dollars, and cents.
            told(
                "dashboard/billing/subscription",
                ["object": "billing_subscription", "hard_limit_usd": 100]
            ),
            told("dashboard/billing/usage", ["object": "list", "total_usage": 2_550]),
        ]
    }

    private func deployment(_ request: Request, _ context: RequestContext, _ writer: any ResponseWriter)
        throws
    {
        guard request.query?.hasPrefix("api-version=") == true else {
            return try writer.send(
                ["error": ["code": "404", "message": "Resource not found"]],
                status: .notFound
            )
        }
        try chat("azure")(request, context, writer)
    }

    private func chat(_ vendor: String) -> Handler {
        { request, context, writer in
            guard let (asked, body) = try open(request, vendor: vendor, writer) else { return }
            if let fault = VendorFault.find(asked) { return try refuse(fault, context, writer) }
            if let problem = Self.problem(in: body, vendor: vendor) {
                return try writer.send(
                    Self.error(problem, type: "invalid_request_error"),
                    status: .badRequest
                )
            }
            let writing = OpenAIAnswerWriting(asked, body: body, vendor: vendor)
            guard asked.isStreaming else {
                if asked.scenario == .wait { usleep(3_000_000) }
                return try writer.send(writing.whole)
            }
            log.openStream(vendor)
            do {
                try writing.stream(VendorStream(asked, writer: writer, context: context))
                log.closeStream(vendor, aborted: false)
            } catch {
                log.closeStream(vendor, aborted: true)
                throw error
            }
        }
    }

    private func responses(_ request: Request, _ context: RequestContext, _ writer: any ResponseWriter) throws
    {
        guard let (asked, _) = try open(request, vendor: "openai", writer) else { return }
        if let fault = VendorFault.find(asked) { return try refuse(fault, context, writer) }
        let writing = ResponsesAnswerWriting(asked)
        guard asked.isStreaming else { return try writer.send(writing.whole) }
        try writing.stream(VendorStream(asked, writer: writer, context: context))
    }

    /// Reads a request and notes it; nil when it was refused.
    private func open(
        _ request: Request,
        vendor: String,
        _ writer: any ResponseWriter
    ) throws -> (VendorRequest, JSON)? {
        let key = Self.key(request)
        let bytes = try request.body.read(limit: 64 << 20)
        guard let body = try? JSON.parse(bytes), body.objectValue != nil else {
            try writer.send(
                Self.error("We could not parse the JSON body.", type: "invalid_request_error"),
                status: .badRequest
            )
            return nil
        }
        let fields = ["openai-beta", "cf-aig-authorization", "x-team"].compactMap { name in
            HTTPField.Name(name).flatMap { request.fields[$0] }.map { (name, $0) }
        }
        let path = request.path + (request.query.map { "?" + $0 } ?? "")
        log.count(vendor, key: key, path: path, body: body, fields: Dictionary(uniqueKeysWithValues: fields))
        guard !key.isEmpty else {
            try writer.send(
                Self.error("You didn't provide an API key.", type: "invalid_request_error"),
                status: .unauthorized
            )
            return nil
        }
        return (Self.read(body, vendor: vendor, key: key, model: request.pathValues["model"]), body)
    }

    private static func key(_ request: Request) -> String {
        if let key = HTTPField.Name("api-key").flatMap({ request.fields[$0] }) { return key }
        return String(request.fields[.authorization]?.dropFirst(7) ?? "")
    }

    private static func read(_ body: JSON, vendor: String, key: String, model: String?) -> VendorRequest {
        let messages = body["messages"]?.arrayValue ?? body["input"]?.arrayValue ?? []
        let users = messages.filter { $0["role"] == "user" }
        let prompt =
            users.last.map { text($0["content"]) } ?? body["input"]?.stringValue ?? text(body["prompt"])
        let last = messages.lastIndex { $0["role"] == "assistant" } ?? -1
        let results = messages.suffix(from: last + 1).filter {
            $0["role"] == "tool" || $0["type"] == "function_call_output"
        }
        let tools = (body["tools"]?.arrayValue ?? []).compactMap {
            ($0["function"] ?? $0)["name"]?.stringValue
        }
        return VendorRequest(
            vendor: vendor,
            key: key,
            model: model ?? body["model"]?.stringValue ?? "",
            prompt: prompt,
            results: results.map { text($0["content"] ?? $0["output"]) },
            tools: body["tool_choice"] == "none" ? [] : tools,
            wantsJSON: body["response_format"] != nil || body["text"]?["format"]?["type"] == "json_schema",
            thinks: false,
            choices: body["n"]?.intValue ?? 1,
            isStreaming: body["stream"] == true
        )
    }

    private static func text(_ content: JSON?) -> String {
        if let text = content?.stringValue { return text }
        return (content?.arrayValue ?? []).compactMap { $0["text"]?.stringValue }.joined(separator: "\n")
    }

    /// What a server that knows little refuses.
    private static func problem(in body: JSON, vendor: String) -> String? {
        if body["messages"]?.arrayValue?.isEmpty != false { return "'messages' is required." }
        guard vendor == "strict" else { return nil }
        if body["stream_options"] != nil { return "Unknown field: stream_options" }
        if body["max_completion_tokens"] != nil { return "Unknown field: max_completion_tokens" }
        for message in body["messages"]?.arrayValue ?? [] {
            if message["role"] == "developer" { return "Unknown role: developer" }
            for call in message["tool_calls"]?.arrayValue ?? [] where call["id"]?.stringValue?.count != 9 {
                return
                    "Tool call id was \(call["id"]?.stringValue ?? "") but must be a-z, A-Z, 0-9, with a length of 9."
            }
        }
        return nil
    }

    private func refuse(_ fault: VendorFault, _ context: RequestContext, _ writer: any ResponseWriter) throws
    {
        let words: (type: String, code: JSON) =
            switch fault {
            case .badKey: ("invalid_request_error", "invalid_api_key")
            case .noCredit: ("insufficient_quota", "insufficient_quota")
            case .rateLimited: ("requests", "rate_limit_exceeded")
            case .invalid: ("invalid_request_error", nil)
            case .noModel: ("invalid_request_error", "model_not_found")
            case .failed: ("server_error", nil)
            case .unavailable, .overloaded: ("service_unavailable_error", "server_is_overloaded")
            }
        if fault == .rateLimited { context.responseFields[.retryAfter] = "1" }
        try writer.send(Self.error(fault.message, type: words.type, code: words.code), status: fault.status())
    }

    static func error(_ message: String, type: String, code: JSON = nil) -> JSON {
        ["error": ["message": .string(message), "type": .string(type), "param": nil, "code": code]]
    }

    private static func embeddings(_ body: JSON) -> JSON {
        let inputs = body["input"]?.arrayValue ?? [body["input"] ?? ""]
        let data = inputs.enumerated().map { index, _ -> JSON in
            let vector: JSON = body["encoding_format"] == "base64" ? "AACAPwAAAEA=" : [1.0, 2.0]
            return ["object": "embedding", "index": JSON(index), "embedding": vector]
        }
        return [
            "object": "list", "data": .array(data), "model": body["model"] ?? "",
            "usage": ["prompt_tokens": JSON(inputs.count * 3), "total_tokens": JSON(inputs.count * 3)],
        ]
    }

    private static func moderation(_ body: JSON) -> JSON {
        [
            "id": "modr-1", "model": body["model"] ?? "",
            "results": [
                [
                    "flagged": false, "categories": [:], "category_scores": [:],
                    "category_applied_input_types": [:],
                ]
            ],
        ]
    }

    private static func rerank(_ body: JSON) -> JSON {
        ["results": [["index": 0, "relevance_score": 0.9]], "model": body["model"] ?? ""]
    }
}
