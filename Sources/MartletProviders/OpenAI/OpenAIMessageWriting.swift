import MartletCore

/// Writes a conversation as `messages` of Chat Completions.
struct OpenAIMessageWriting {
    let quirks: OpenAIQuirks

    func messages(of request: ChatRequest) throws(GatewayError) -> JSON {
        var messages: [JSON] = []
        for message in request.messages { messages += try self.messages(of: message) }
        return .array(messages)
    }

    /// A message, and one for each result of a tool in it.
    private func messages(of message: Message) throws(GatewayError) -> [JSON] {
        var messages: [JSON] = []
        var content: [Part] = []
        var calls: [ToolCall] = []
        var traces: [ReasoningTrace] = []
        for part in message.parts {
            switch part {
            case .toolResult(let result):
                messages.append([
                    "role": "tool", "tool_call_id": .string(quirks.callID(result.callID)),
                    "content": .string(result.told),
                ])
            case .toolCall(let call): calls.append(call)
            case .reasoning(let trace): traces.append(trace)
            case .cachePoint: break
            case .text, .refusal, .media: content.append(part)
            }
        }
        guard !content.isEmpty || !calls.isEmpty || message.role == .assistant && messages.isEmpty else {
            return messages
        }
        var object: JSONObject = ["role": .string(role(message.role))]
        object["name"] = message.name.map { .string($0) }
        object["content"] = try self.content(of: content, in: message.role)
        if !calls.isEmpty { object["tool_calls"] = .array(calls.map(call)) }
        if quirks.takesReasoning { add(traces, to: &object) }
        return messages + [.object(object)]
    }

    private func role(_ role: ChatRole) -> String {
        switch role {
        case .developer where quirks.hasNoDeveloperRole: "system"
        case .tool: "user"
        case .system, .developer, .user, .assistant: role.rawValue
        }
    }

    private func content(of parts: [Part], in role: ChatRole) throws(GatewayError) -> JSON {
        if parts.isEmpty { return .null }
        let texts = parts.compactMap(\.saidText)
        // One text is what every server of this dialect takes.
        if texts.count == parts.count, texts.count == 1 || role != .user {
            return .string(texts.joined(separator: "\n"))
        }
        var list: [JSON] = []
        for part in parts {
            switch part {
            case .text(let text), .refusal(let text):
                list.append(["type": "text", "text": .string(text)])
            case .media(let media): list.append(try self.media(media))
            case .reasoning, .toolCall, .toolResult, .cachePoint: break
            }
        }
        return .array(list)
    }

    private func media(_ media: Media) throws(GatewayError) -> JSON {
        switch media.kind {
        case .image:
            guard let address = MediaSpelling.address(media) else { break }
            var image: JSONObject = ["url": address]
            image["detail"] = media.detail.map { .string($0.rawValue) }
            return ["type": "image_url", "image_url": .object(image)]
        case .audio:
            guard let bytes = MediaSpelling.base64(media) else { break }
            let format =
                media.claimedType.map { $0.split(separator: "/").last.map(String.init) ?? $0 } ?? "wav"
            return [
                "type": "input_audio",
                "input_audio": ["data": bytes, "format": .string(format == "mpeg" ? "mp3" : format)],
            ]
        case .file:
            if let text = MediaSpelling.text(of: media) {
                let name = media.fileName.map { "\($0):\n" } ?? ""
                return ["type": "text", "text": .string(name + text)]
            }
            guard let bytes = MediaSpelling.dataURI(media) else { break }
            let name = media.fileName ?? media.content?.name ?? "file.pdf"
            return ["type": "file", "file": ["filename": .string(name), "file_data": bytes]]
        }
        throw GatewayError(
            .invalidRequest,
            "'\(media.path)' names a file that this vendor cannot be given.",
            parameter: media.path,
            code: "unsupported_file_type"
        )
    }

    private func call(_ call: ToolCall) -> JSON {
        var object: JSONObject = [
            "id": .string(quirks.callID(call.id)), "type": "function",
            "function": [
                "name": .string(call.name),
                "arguments": .string(call.arguments.isEmpty ? "{}" : call.arguments),
            ],
        ]
        if !quirks.refusesUnknownFields, let signature = call.signature, signature.maker == .gemini {
            object["extra_content"] = OpenAIExtras.signature(signature)
        }
        return .object(object)
    }

    private func add(_ traces: [ReasoningTrace], to object: inout JSONObject) {
        let text = traces.map(\.text).joined()
        if !text.isEmpty { object["reasoning_content"] = .string(text) }
        let details = OpenAIExtras.details(of: traces)
        if !details.isEmpty { object["reasoning_details"] = .array(details) }
    }
}
