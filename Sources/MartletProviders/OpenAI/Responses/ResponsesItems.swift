public import MartletCore

/// Reads and writes the items of a conversation in OpenAI's Responses dialect.
public enum ResponsesItems {
    /// Reads `input`: a text, or items in every spelling that clients use.
    static func messages(from input: BodyReader) throws(GatewayError) -> [Message] {
        if let text = input.value.stringValue { return [Message(role: .user, parts: [.text(text)])] }
        guard input.value.arrayValue != nil else { throw input.typeError("a string or an array of items") }
        var messages: [Message] = []
        try input.forEachElement { element throws(GatewayError) in
            messages += try self.messages(fromItem: element)
        }
        return messages
    }

    /// Reads items that this gateway has kept; what cannot be read any more is left out.
    public static func messages(kept items: [JSON]) -> [Message] {
        items.flatMap { item in (try? messages(fromItem: BodyReader(item))) ?? [] }
    }

    private static func messages(fromItem item: BodyReader) throws(GatewayError) -> [Message] {
        if let text = item.value.stringValue { return [Message(role: .user, parts: [.text(text)])] }
        guard item.value.objectValue != nil else { throw item.typeError("an object") }
        let type = try item.field("type")
        switch try type?.string() {
        case "message", nil:
            return [try spoken(item)]
        case "function_call":
            let call = ToolCall(
                id: try item.required("call_id").string(),
                name: try item.required("name").string(),
                arguments: try item.required("arguments").string()
            )
            return [Message(role: .assistant, parts: [.toolCall(call)])]
        case "function_call_output":
            let shown = try parts(of: item.required("output"))
            let text = Message(role: .tool, parts: shown).text
            let result = ToolResult(callID: try item.required("call_id").string(), text: text)
            return [Message(role: .tool, parts: [.toolResult(result)])] + Message.showing(shown)
        case "reasoning":
            return [Message(role: .assistant, parts: [.reasoning(trace(of: item))])]
        case "item_reference":
            throw item.error(
                "refers to an item that is not in the request: send it, or 'previous_response_id'.",
                code: "unsupported_item"
            )
        case let other?:
            throw (type ?? item).error("'\(other.prefix(50))' is not supported.", code: "unsupported_item")
        }
    }

    /// Thoughts as clients send them back: a summary, and what its maker has sealed.
    private static func trace(of item: BodyReader) -> ReasoningTrace {
        let pieces = item.value["summary"]?.arrayValue ?? []
        let text = pieces.compactMap { $0["text"]?.stringValue }.joined(separator: "\n")
        let sealed = item.value["encrypted_content"]?.stringValue
        return ReasoningTrace(
            text: text,
            signature: sealed.map { ReasoningSignature(spelled: $0, in: .openAIResponses) }
        )
    }

    private static func spoken(_ item: BodyReader) throws(GatewayError) -> Message {
        let field = try item.required("role")
        guard let role = ChatRole(rawValue: try field.string()), role != .tool else {
            throw field.error("must be one of 'user', 'assistant', 'system', 'developer'.")
        }
        return Message(role: role, parts: try parts(of: item.required("content")))
    }

    private static func parts(of content: BodyReader) throws(GatewayError) -> [Part] {
        if let text = content.value.stringValue { return [.text(text)] }
        guard content.value.arrayValue != nil else {
            throw content.typeError("a string or an array of parts")
        }
        var parts: [Part] = []
        try content.forEachElement { element throws(GatewayError) in parts.append(try part(from: element)) }
        return parts
    }

    private static func part(from element: BodyReader) throws(GatewayError) -> Part {
        if let text = element.value.stringValue { return .text(text) }
        guard element.value.objectValue != nil else { throw element.typeError("an object") }
        let type = try element.field("type")
        switch try type?.string() {
        case "input_text", "output_text", "text", nil:
            return .text(try element.required("text").string())
        case "refusal":
            return .refusal(try element.required("refusal").string())
        case "input_image", "image_url":
            return .media(try image(element))
        case "input_file", "file":
            return .media(try file(element))
        case "input_audio":
            return .media(try MediaMapping.audio(fromPart: element))
        default:
            throw (type ?? element).error(
                "must be one of 'input_text', 'output_text', 'text', 'input_image', 'input_file', "
                    + "'input_audio', 'refusal'.",
                code: "unsupported_content_type"
            )
        }
    }

    /// `{"type":"input_image","image_url"|"file_id","detail"}`, or the spelling of Chat Completions.
    private static func image(_ element: BodyReader) throws(GatewayError) -> Media {
        if element.value["image_url"]?.objectValue != nil {
            return try MediaMapping.image(fromChatPart: element)
        }
        var media: Media
        if let address = try element.field("image_url") {
            media = try MediaMapping.media(.image, at: address, path: element.path)
        } else {
            let id = try element.required("file_id").string()
            media = Media(kind: .image, source: .file(id), path: element.path)
        }
        media.detail = try MediaMapping.detail(in: element)
        return media
    }

    /// `{"type":"input_file","file_data"|"file_id"|"file_url","filename"}`, or the spelling of Chat Completions.
    private static func file(_ element: BodyReader) throws(GatewayError) -> Media {
        if try element.field("file") != nil { return try MediaMapping.file(fromChatPart: element) }
        var media: Media
        if let id = try element.field("file_id") {
            media = Media(kind: .file, source: .file(try id.string()), path: element.path)
        } else if let address = try element.field("file_url") {
            media = try MediaMapping.media(.file, at: address, path: element.path)
        } else {
            media = try MediaMapping.media(
                .file,
                base64: try element.required("file_data"),
                path: element.path
            )
        }
        media.fileName = try element.field("filename")?.string()
        return media
    }
}
