import MartletCore

/// Reads the body of generateContent; Google's SDKs spell fields in camelCase, others in snake_case.
struct GeminiMapping {
    private var request: ChatRequest
    /// Calls without an id of their own, by name, that no result has answered yet.
    private var pending: [String: [String]] = [:]
    private var counter = 0

    init(_ body: BodyReader, model: ModelName, isStreaming: Bool) throws(GatewayError) {
        request = ChatRequest(model: model, messages: [])
        request.isStreaming = isStreaming
        guard body.value.objectValue != nil else { throw body.typeError("an object") }
        if let system = try Self.field("systemInstruction", of: body) {
            let parts = try self.parts(of: system)
            if !parts.isEmpty { request.messages.append(Message(role: .system, parts: parts)) }
        }
        let contents = try body.required("contents")
        if contents.value.stringValue != nil || contents.value.objectValue != nil {
            throw contents.typeError("an array")
        }
        if contents.value.arrayValue?.isEmpty == true {
            throw contents.error("must hold at least one content.")
        }
        var messages: [Message] = []
        for (index, value) in (contents.value.arrayValue ?? []).enumerated() {
            messages += try self.messages(from: BodyReader(value, path: "contents[\(index)]"))
        }
        guard contents.value.arrayValue != nil else { throw contents.typeError("an array") }
        request.messages += messages
        try readConfiguration(of: body)
        try readTools(of: body)
    }

    /// What the body means.
    var chat: ChatRequest { request }

    static func field(_ name: String, of body: BodyReader) throws(GatewayError) -> BodyReader? {
        if let field = try body.field(name) { return field }
        var snake = ""
        for letter in name {
            if letter.isUppercase { snake += "_" + letter.lowercased() } else { snake.append(letter) }
        }
        return try body.field(snake)
    }

    private static func required(_ name: String, of body: BodyReader) throws(GatewayError) -> BodyReader {
        if let field = try field(name, of: body) { return field }
        return try body.required(name)
    }

    private mutating func messages(from content: BodyReader) throws(GatewayError) -> [Message] {
        let field = try content.field("role")
        let word = try field?.string() ?? "user"
        guard ["user", "model", "function", "system"].contains(word) else {
            throw content.error("has the role '\(word.prefix(20))'; it must be 'user' or 'model'.")
        }
        let role: ChatRole = word == "model" ? .assistant : word == "system" ? .system : .user
        let parts = try self.parts(of: content)
        var messages: [Message] = []
        var said: [Part] = []
        for part in parts {
            if case .toolResult = part {
                messages.append(Message(role: .tool, parts: [part]))
            } else {
                said.append(part)
            }
        }
        if !said.isEmpty || messages.isEmpty { messages.append(Message(role: role, parts: said)) }
        return messages
    }

    private mutating func parts(of content: BodyReader) throws(GatewayError) -> [Part] {
        if let text = content.value.stringValue { return [.text(text)] }
        let list = try content.required("parts")
        let values = list.value.arrayValue ?? [list.value]
        var parts: [Part] = []
        for (index, value) in values.enumerated() {
            let part = BodyReader(value, path: "\(list.path)[\(index)]")
            guard value.objectValue != nil else { throw part.typeError("an object") }
            if let read = try self.part(part) { Self.append(read, to: &parts) }
        }
        return parts
    }

    /// A stream gives thoughts in pieces, and their seal at the end; together they are one.
    private static func append(_ part: Part, to parts: inout [Part]) {
        guard case .reasoning(let piece) = part, case .reasoning(var trace)? = parts.last,
            trace.signature == nil
        else {
            return parts.append(part)
        }
        trace.text += piece.text
        trace.signature = piece.signature
        parts[parts.count - 1] = .reasoning(trace)
    }

    private mutating func part(_ part: BodyReader) throws(GatewayError) -> Part? {
        let sealed = try Self.field("thoughtSignature", of: part)?.string()
        let signature = sealed.flatMap { text in
            text == "skip_thought_signature_validator" ? nil : ReasoningSignature(spelled: text, in: .gemini)
        }
        if let text = try part.field("text") {
            let said = try text.string()
            if try part.field("thought")?.bool() == true {
                return .reasoning(ReasoningTrace(text: said, signature: signature))
            }
            return .text(said)
        }
        if let file = try Self.field("inlineData", of: part) {
            return .media(try inline(file, at: part.path))
        }
        if let file = try Self.field("fileData", of: part) {
            let address = try Self.required("fileUri", of: file)
            var media = Media(kind: .file, source: .url(try address.string()), path: part.path)
            media.claimedType = try Self.field("mimeType", of: file)?.string()
            if media.claimedType?.hasPrefix("image/") == true { media.kind = .image }
            if media.claimedType?.hasPrefix("audio/") == true { media.kind = .audio }
            return .media(media)
        }
        if let call = try Self.field("functionCall", of: part) { return try toolCall(call, signature) }
        if let result = try Self.field("functionResponse", of: part) { return try toolResult(result) }
        if signature != nil { return .reasoning(ReasoningTrace(signature: signature)) }
        // Code that Google has run, and the like: nobody else has a place for it.
        return nil
    }

    private func inline(_ file: BodyReader, at path: String) throws(GatewayError) -> Media {
        let type = try Self.required("mimeType", of: file)
        let name = try type.string()
        let kind: Media.Kind = name.hasPrefix("image/") ? .image : name.hasPrefix("audio/") ? .audio : .file
        let content = Base64Text(try file.required("data").text())
        var media = Media(kind: kind, source: .base64(content), path: path)
        media.claimedType = name
        return media
    }

    private mutating func toolCall(
        _ call: BodyReader,
        _ signature: ReasoningSignature?
    ) throws(GatewayError) -> Part {
        let name = try call.required("name").string()
        var id = try call.field("id")?.string() ?? ""
        if id.isEmpty {
            counter += 1
            id = "call_\(counter)_\(name)"
            pending[name, default: []].append(id)
        }
        let arguments = try call.field("args")?.value ?? [:]
        let text = String(decoding: arguments.serialized(), as: UTF8.self)
        return .toolCall(ToolCall(id: id, name: name, arguments: text, signature: signature))
    }

    /// A result without an id answers the oldest call of its name that has none.
    private mutating func toolResult(_ result: BodyReader) throws(GatewayError) -> Part {
        let name = try result.required("name").string()
        var id = try result.field("id")?.string() ?? ""
        if id.isEmpty {
            let waiting = pending[name] ?? []
            id = waiting.first ?? "call_\(name)"
            pending[name] = Array(waiting.dropFirst())
        }
        let response = try result.field("response")?.value ?? [:]
        if let text = response["error"]?.stringValue, response.objectValue?.count == 1 {
            return .toolResult(ToolResult(callID: id, text: text, isError: true))
        }
        let inner = response.objectValue?.count == 1 ? response["result"] ?? response["output"] : nil
        let value = inner ?? response
        let text = value.stringValue ?? String(decoding: value.serialized(), as: UTF8.self)
        return .toolResult(ToolResult(callID: id, text: text))
    }

    private mutating func readConfiguration(of body: BodyReader) throws(GatewayError) {
        guard let configuration = try Self.field("generationConfig", of: body) else { return }
        func field(_ name: String) throws(GatewayError) -> BodyReader? {
            try Self.field(name, of: configuration)
        }
        request.sampling.temperature = try field("temperature")?.number(in: 0...2)
        request.sampling.topP = try field("topP")?.number(in: 0...1)
        request.sampling.topK = try field("topK")?.integer(in: 1...1_000_000)
        request.sampling.seed = try field("seed")?.integer(in: Int.min...Int.max)
        request.sampling.presencePenalty = try field("presencePenalty")?.number(in: -2...2)
        request.sampling.frequencyPenalty = try field("frequencyPenalty")?.number(in: -2...2)
        request.sampling.showsProbabilities = try field("responseLogprobs")?.bool() ?? false
        request.sampling.topProbabilities = try field("logprobs")?.integer(in: 0...20)
        request.maximumTokens = try field("maxOutputTokens")?.integer(in: 1...Int(Int32.max))
        request.choices = try field("candidateCount")?.integer(in: 1...8) ?? 1
        if let stops = try field("stopSequences") {
            var texts: [String] = []
            try stops.forEachElement { stop throws(GatewayError) in texts.append(try stop.string()) }
            request.sampling.stop = texts
        }
        var schema = try field("responseJsonSchema")?.value
        if schema == nil, let own = try field("responseSchema") { schema = GeminiSchema.plain(own.value) }
        if let schema {
            request.output = .jsonSchema(["name": "answer", "schema": schema])
        } else if try field("responseMimeType")?.string() == "application/json" {
            request.output = .jsonObject
        }
        guard let thinking = try field("thinkingConfig") else { return }
        request.reasoning.isShown = try Self.field("includeThoughts", of: thinking)?.bool()
        request.reasoning.effort = try Self.field("thinkingLevel", of: thinking)?.string().lowercased()
        if let budget = try Self.field("thinkingBudget", of: thinking)?.integer(in: -1...1_000_000) {
            request.reasoning.budget = budget < 0 ? .adaptive : .tokens(budget)
        }
    }

    private mutating func readTools(of body: BodyReader) throws(GatewayError) {
        guard let list = try body.field("tools") else { return }
        var tools: [Tool] = []
        var searches = false
        for (index, value) in (list.value.arrayValue ?? []).enumerated() {
            let tool = BodyReader(value, path: "tools[\(index)]")
            guard value.objectValue != nil else { throw tool.typeError("an object") }
            if try Self.field("googleSearch", of: tool) != nil { searches = true }
            if try Self.field("googleSearchRetrieval", of: tool) != nil { searches = true }
            guard let functions = try Self.field("functionDeclarations", of: tool) else { continue }
            try functions.forEachElement { function throws(GatewayError) in
                var parameters = try Self.field("parametersJsonSchema", of: function)?.value
                if parameters == nil, let own = try function.field("parameters") {
                    parameters = GeminiSchema.plain(own.value)
                }
                tools.append(
                    Tool(
                        name: try function.required("name").string(),
                        summary: try function.field("description")?.string(),
                        parameters: parameters
                    )
                )
            }
        }
        request.tools = tools
        if searches { request.webSearch = WebSearch() }
        guard let configuration = try Self.field("toolConfig", of: body),
            let calling = try Self.field("functionCallingConfig", of: configuration)
        else { return }
        switch try calling.field("mode")?.string() {
        case "NONE"?: request.toolChoice = .never
        case "ANY"?:
            let names = try Self.field("allowedFunctionNames", of: calling)?.value.arrayValue ?? []
            request.toolChoice =
                names.count == 1 ? names[0].stringValue.map { .named($0) } ?? .required : .required
        default: break
        }
    }
}
