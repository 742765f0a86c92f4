import MartletCore

/// Reads one member of `messages` in Anthropic's dialect.
///
/// Results of tools come inside a user's message there; here each is a message of its own, before the user's words.
enum AnthropicBlocks {
    static func messages(from element: BodyReader) throws(GatewayError) -> [Message] {
        guard element.value.objectValue != nil else { throw element.typeError("an object") }
        let field = try element.required("role")
        let name = try field.string()
        guard let role = ChatRole(rawValue: name), [.user, .assistant, .system].contains(role) else {
            throw field.error("must be 'user' or 'assistant'.")
        }
        let content = try element.required("content")
        if let text = content.value.stringValue { return [Message(role: role, parts: [.text(text)])] }
        guard content.value.arrayValue != nil else {
            throw content.typeError("a string or an array of blocks")
        }
        var results: [Message] = []
        var parts: [Part] = []
        try content.forEachElement { block throws(GatewayError) in
            switch try part(from: block) {
            case .toolResult(let result)?:
                results.append(Message(role: .tool, parts: [.toolResult(result)]))
            case let part?:
                parts.append(part)
                if let point = try cachePoint(in: block) { parts.append(.cachePoint(point)) }
            case nil:
                break
            }
        }
        // What a tool shows beside its text stands with the user's words.
        let shown = try media(inResultsOf: content)
        parts += shown
        return results + (parts.isEmpty && !results.isEmpty ? [] : [Message(role: role, parts: parts)])
    }

    /// `cache_control` of a block, a tool, or a request.
    static func cachePoint(in block: BodyReader) throws(GatewayError) -> CachePoint? {
        guard let control = try block.field("cache_control") else { return nil }
        return CachePoint(lifetime: try control.field("ttl")?.string())
    }

    /// The part that a block stands for; nil for what is of no use to another vendor.
    private static func part(from block: BodyReader) throws(GatewayError) -> Part? {
        guard block.value.objectValue != nil else { throw block.typeError("an object") }
        let type = try block.required("type")
        switch try type.string() {
        case "text":
            return .text(try block.required("text").string())
        case "image":
            return .media(try image(block))
        case "document":
            return try document(block)
        case "tool_use":
            let input = try block.required("input")
            guard input.value.objectValue != nil else { throw input.typeError("an object") }
            return .toolCall(
                ToolCall(
                    id: try block.required("id").string(),
                    name: try block.required("name").string(),
                    arguments: String(decoding: input.value.serialized(), as: UTF8.self)
                )
            )
        case "tool_result":
            return .toolResult(try result(block))
        case "thinking":
            let text = try block.required("thinking").string()
            let signature = try block.field("signature")?.string() ?? ""
            let sealed = signature.isEmpty ? nil : ReasoningSignature(spelled: signature, in: .anthropic)
            return .reasoning(ReasoningTrace(text: text, signature: sealed))
        case "redacted_thinking":
            return .reasoning(ReasoningTrace(redacted: try block.required("data").string()))
        case "server_tool_use", "web_search_tool_result":
            // What a vendor has looked up by itself stands in the answer's words.
            return nil
        default:
            throw type.error(
                "must be one of 'text', 'image', 'document', 'tool_use', 'tool_result', 'thinking'."
            )
        }
    }

    private static func image(_ block: BodyReader) throws(GatewayError) -> Media {
        let source = try block.required("source")
        let type = try source.required("type")
        guard let media = try media(.image, from: source, path: block.path) else {
            throw type.error("must be 'base64', 'url' or 'file'.")
        }
        return media
    }

    /// A document; one of plain text is text.
    private static func document(_ block: BodyReader) throws(GatewayError) -> Part {
        let source = try block.required("source")
        let type = try source.required("type")
        if try type.string() == "text" { return .text(try source.required("data").string()) }
        guard var media = try media(.file, from: source, path: block.path) else {
            throw type.error("must be 'base64', 'text', 'url' or 'file'.")
        }
        media.fileName = try block.field("title")?.string()
        return .media(media)
    }

    /// What a `source` leads to; nil for a type that it does not know.
    private static func media(
        _ kind: Media.Kind,
        from source: BodyReader,
        path: String
    ) throws(GatewayError) -> Media? {
        switch try source.required("type").string() {
        case "base64":
            let content = Base64Text(try source.required("data").text())
            var media = Media(kind: kind, source: .base64(content), path: path)
            media.claimedType = try source.required("media_type").string()
            return media
        case "url":
            return try MediaMapping.media(kind, at: try source.required("url"), path: path)
        case "file":
            return Media(kind: kind, source: .file(try source.required("file_id").string()), path: path)
        default:
            return nil
        }
    }

    private static func result(_ block: BodyReader) throws(GatewayError) -> ToolResult {
        var texts: [String] = []
        if let content = try block.field("content") {
            if let text = content.value.stringValue {
                texts = [text]
            } else {
                try content.forEachElement { inner throws(GatewayError) in
                    if case .text(let text)? = try part(from: inner) { texts.append(text) }
                }
            }
        }
        let isError = try block.field("is_error")?.bool() ?? false
        return ToolResult(
            callID: try block.required("tool_use_id").string(),
            text: texts.joined(separator: "\n"),
            isError: isError
        )
    }

    private static func media(inResultsOf content: BodyReader) throws(GatewayError) -> [Part] {
        var found: [Part] = []
        try content.forEachElement { block throws(GatewayError) in
            guard block.value["type"] == "tool_result", let inner = try block.field("content"),
                inner.value.arrayValue != nil
            else { return }
            try inner.forEachElement { element throws(GatewayError) in
                if let part = try part(from: element), case .media = part { found.append(part) }
            }
        }
        return found
    }
}
