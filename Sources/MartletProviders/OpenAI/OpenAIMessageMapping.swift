import MartletCore

/// Reads one member of `messages`.
///
/// What a tool shows beside its text becomes a message of the user's behind the result.
enum OpenAIMessageMapping {
    static func messages(from element: BodyReader) throws(GatewayError) -> [Message] {
        guard element.value.objectValue != nil else { throw element.typeError("an object") }
        let role = try role(of: element)
        var message = Message(role: role, parts: [])
        message.name = try element.field("name")?.string()

        let text = try element.field("content").map { content throws(GatewayError) in try parts(from: content)
        }
        if role == .tool {
            message.parts = [.toolResult(try toolResult(from: element, parts: text ?? []))]
            return [message] + Message.showing(text ?? [])
        }
        message.parts = text ?? []
        if role == .assistant {
            let traces = OpenAIExtras.traces(in: element.value)
            message.parts.insert(contentsOf: traces.map { .reasoning($0) }, at: 0)
            if let refusal = try element.field("refusal") {
                message.parts.append(.refusal(try refusal.string()))
            }
            message.parts += try toolCalls(from: element)
        }
        guard !message.parts.isEmpty || role == .assistant else {
            throw try element.required("content").error("must not be empty.")
        }
        return [message]
    }

    private static func role(of element: BodyReader) throws(GatewayError) -> ChatRole {
        let field = try element.required("role")
        let name = try field.string()
        // `function` is the name that tool results had before 2023-11.
        if name == "function" { return .tool }
        guard let role = ChatRole(rawValue: name) else {
            let known = ChatRole.allCases.map { "'\($0.rawValue)'" }.joined(separator: ", ")
            throw field.error("must be one of \(known).")
        }
        return role
    }

    private static func parts(from content: BodyReader) throws(GatewayError) -> [Part] {
        if let text = content.value.stringValue { return [.text(text)] }
        guard content.value.arrayValue != nil else {
            throw content.typeError("a string or an array of parts")
        }
        var parts: [Part] = []
        try content.forEachElement { element throws(GatewayError) in parts.append(try part(from: element)) }
        return parts
    }

    private static func part(from element: BodyReader) throws(GatewayError) -> Part {
        guard element.value.objectValue != nil else { throw element.typeError("an object") }
        let type = try element.required("type")
        switch try type.string() {
        case "text": return .text(try element.required("text").string())
        case "refusal": return .refusal(try element.required("refusal").string())
        case "image_url": return .media(try MediaMapping.image(fromChatPart: element))
        case "input_audio": return .media(try MediaMapping.audio(fromPart: element))
        case "file": return .media(try MediaMapping.file(fromChatPart: element))
        default:
            throw type.error("must be one of 'text', 'image_url', 'input_audio', 'file', 'refusal'.")
        }
    }

    private static func toolResult(from element: BodyReader, parts: [Part]) throws(GatewayError) -> ToolResult
    {
        // A result of the older role `function` is named by the function alone.
        let identifier = try element.field("tool_call_id")
        let name = try element.field("name")
        guard let callID = identifier ?? name else {
            throw try element.required("tool_call_id").typeError("a string")
        }
        return ToolResult(callID: try callID.string(), text: Message(role: .tool, parts: parts).text)
    }

    private static func toolCalls(from element: BodyReader) throws(GatewayError) -> [Part] {
        guard let list = try element.field("tool_calls") else { return [] }
        var calls: [Part] = []
        try list.forEachElement { call throws(GatewayError) in
            let function = try call.required("function")
            calls.append(
                .toolCall(
                    ToolCall(
                        id: try call.required("id").string(),
                        name: try function.required("name").string(),
                        arguments: try function.required("arguments").string(),
                        signature: OpenAIExtras.signature(in: call.value)
                    )
                )
            )
        }
        return calls
    }
}
