import Glibc
import HTTPTypes
import MartletCore
import MartletWeb

/// Anthropic as far as a gateway sees it: messages, streamed and whole, with the checks that trip careless translators.
struct AnthropicSimulation: Sendable {
    let log: VendorLog

    /// The addresses, below `/simulator/anthropic/v1`.
    var routes: [Route] {
        [
            Route(.post, "/simulator/anthropic/v1/messages", "Messages.", handler: messages),
            Route(.post, "/simulator/anthropic/v1/messages/count_tokens", "Tokens.") { _, _, writer in
                try writer.send(["input_tokens": 42])
            },
            Route(.get, "/simulator/anthropic/v1/models", "Models.") { _, _, writer in
                try writer.send(["data": [["type": "model", "id": "claude-sonnet-4-5"]], "has_more": false])
            },
        ]
    }

    private func messages(_ request: Request, _ context: RequestContext, _ writer: any ResponseWriter) throws
    {
        let key = HTTPField.Name("x-api-key").flatMap { request.fields[$0] } ?? ""
        let bytes = try request.body.read(limit: 64 << 20)
        let body = (try? JSON.parse(bytes)) ?? .null
        let names = ["anthropic-version", "anthropic-beta", "cf-aig-authorization"]
        let fields = names.compactMap { name in
            HTTPField.Name(name).flatMap { request.fields[$0] }.map { (name, $0) }
        }
        log.count(
            "anthropic",
            key: key,
            path: request.path,
            body: body,
            fields: Dictionary(uniqueKeysWithValues: fields)
        )
        let asked = Self.read(body, key: key)
        if let fault = VendorFault.find(asked) { return try refuse(fault, context, writer) }
        if key.isEmpty { return try refuse(.badKey, context, writer) }
        let hasVersion = fields.contains { $0.0 == "anthropic-version" }
        if let problem = hasVersion ? AnthropicChecks(body).problem : "anthropic-version: header is required"
        {
            return try writer.send(Self.error("invalid_request_error", problem), status: .badRequest)
        }
        let writing = AnthropicAnswerWriting(asked)
        guard asked.isStreaming else {
            if asked.scenario == .wait { usleep(3_000_000) }
            return try writer.send(writing.whole)
        }
        log.openStream("anthropic")
        do {
            try writing.stream(VendorStream(asked, writer: writer, context: context))
            log.closeStream("anthropic", aborted: false)
        } catch {
            log.closeStream("anthropic", aborted: true)
            throw error
        }
    }

    private func refuse(_ fault: VendorFault, _ context: RequestContext, _ writer: any ResponseWriter) throws
    {
        if fault == .rateLimited { context.responseFields[.retryAfter] = "1" }
        if fault == .noCredit {
            let text = "Your credit balance is too low to access the Anthropic API."
            return try writer.send(Self.error("invalid_request_error", text), status: .badRequest)
        }
        let type =
            switch fault {
            case .badKey: "authentication_error"
            case .rateLimited: "rate_limit_error"
            case .invalid, .noCredit: "invalid_request_error"
            case .noModel: "not_found_error"
            case .failed, .unavailable: "api_error"
            case .overloaded: "overloaded_error"
            }
        try writer.send(Self.error(type, fault.message), status: fault.status(overloaded: 529))
    }

    static func error(_ type: String, _ message: String) -> JSON {
        [
            "type": "error", "error": ["type": .string(type), "message": .string(message)],
            "request_id": "req_simulated",
        ]
    }

    private static func read(_ body: JSON, key: String) -> VendorRequest {
        let messages = body["messages"]?.arrayValue ?? []
        let last = messages.last { $0["role"] == "user" }
        let blocks = last?["content"]?.arrayValue ?? []
        let results = blocks.filter { $0["type"] == "tool_result" }.map { text($0["content"]) }
        let said = messages.filter { $0["role"] == "user" }.map { text($0["content"]) }.last { !$0.isEmpty }
        let tools = (body["tools"]?.arrayValue ?? []).filter { $0["input_schema"] != nil }
        return VendorRequest(
            vendor: "anthropic",
            key: key,
            model: body["model"]?.stringValue ?? "",
            prompt: said ?? "",
            results: results,
            tools: body["tool_choice"]?["type"] == "none" ? [] : tools.compactMap { $0["name"]?.stringValue },
            wantsJSON: body["output_config"]?["format"] != nil,
            thinks: body["thinking"] != nil && body["thinking"]?["type"] != "disabled",
            choices: 1,
            isStreaming: body["stream"] == true
        )
    }

    private static func text(_ content: JSON?) -> String {
        if let text = content?.stringValue { return text }
        return (content?.arrayValue ?? []).compactMap { $0["text"]?.stringValue }.joined(separator: "\n")
    }
}

/// What Anthropic refuses.
struct AnthropicChecks {
    private let body: JSON

    init(_ body: JSON) {
        self.body = body
    }

    /// The first thing that is wrong; nil for a sound request.
    var problem: String? {
        guard body.objectValue != nil else { return "The body is not JSON." }
        guard let limit = body["max_tokens"]?.intValue else { return "max_tokens: Field required" }
        if body["temperature"] != nil, body["top_p"] != nil {
            return "`temperature` and `top_p` cannot both be specified for this model."
        }
        if let temperature = body["temperature"]?.doubleValue, !(0...1).contains(temperature) {
            return "temperature: range: 0..1"
        }
        if let budget = body["thinking"]?["budget_tokens"]?.intValue, budget >= limit || budget < 1_024 {
            return "`max_tokens` must be greater than `thinking.budget_tokens`."
        }
        return messagesProblem
    }

    private var messagesProblem: String? {
        let messages = body["messages"]?.arrayValue ?? []
        guard let first = messages.first else { return "messages: at least one message is required" }
        if first["role"] != "user" { return "messages: first message must use the \"user\" role" }
        var known: Set<String> = []
        var previous = ""
        for (index, message) in messages.enumerated() {
            let role = message["role"]?.stringValue ?? ""
            guard role == "user" || role == "assistant" else {
                return "messages.\(index).role: Input should be 'user' or 'assistant'"
            }
            if role == previous { return "messages: roles must alternate between \"user\" and \"assistant\"" }
            previous = role
            let blocks = message["content"]?.arrayValue ?? []
            if message["content"]?.stringValue?.isEmpty == true {
                return "messages.\(index): content must be non-empty"
            }
            var asked = Set(
                blocks.filter { $0["type"] == "tool_result" }.compactMap { $0["tool_use_id"]?.stringValue }
            )
            if role == "user", !asked.isSubset(of: known) {
                return "messages.\(index): unexpected `tool_use_id` found in `tool_result` blocks"
            }
            if role == "user", asked != known {
                return "messages.\(index): `tool_use` ids were found without `tool_result` blocks"
            }
            known = Set(blocks.filter { $0["type"] == "tool_use" }.compactMap { $0["id"]?.stringValue })
            asked = []
            if let problem = blocks.lazy.compactMap({ Self.problem(in: $0, of: index) }).first {
                return problem
            }
            if let late = blocks.lastIndex(where: { $0["type"] == "tool_result" }),
                blocks.prefix(late).contains(where: { $0["type"] == "text" })
            {
                return "messages.\(index): tool_result blocks must come first"
            }
        }
        return nil
    }

    private static func problem(in block: JSON, of index: Int) -> String? {
        switch block["type"]?.stringValue {
        case "text" where block["text"]?.stringValue?.isEmpty != false:
            return "messages.\(index): text content blocks must be non-empty"
        case "thinking" where block["signature"]?.stringValue?.hasPrefix("c2VhbC1mb3It") != true:
            return "messages.\(index): Invalid `signature` in `thinking` block"
        case "tool_use":
            let id = block["id"]?.stringValue ?? ""
            let isSound = id.utf8.allSatisfy {
                $0 == 0x5F || $0 == 0x2D || ($0 < 0x80 && Character(UnicodeScalar($0)).isLetter)
                    || (0x30...0x39).contains($0)
            }
            return isSound && block["input"]?.objectValue != nil
                ? nil : "messages.\(index): tool_use is malformed"
        default: return nil
        }
    }
}
