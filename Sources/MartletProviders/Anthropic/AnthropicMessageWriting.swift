import MartletCore

/// Writes a conversation as `system` and `messages`: roles take turns, results of tools come first, nothing is empty.
struct AnthropicMessageWriting {
    /// No more places may be kept.
    private static let mostCachePoints = 4
    private var cachePoints = 0
    /// The instructions, where there are any.
    private(set) var system: [JSON] = []
    /// The turns.
    private(set) var messages: [JSON] = []
    private var role: ChatRole?
    private var blocks: [JSON] = []

    init(_ request: ChatRequest) throws(GatewayError) {
        for message in request.messages { try add(message) }
        close()
        // The conversation begins with the user.
        if messages.first?["role"] == "assistant" || messages.isEmpty {
            messages.insert(["role": "user", "content": [["type": "text", "text": "…"]]], at: 0)
        }
    }

    /// How many places are kept so far; tools may have some, too.
    var remainingCachePoints: Int { Self.mostCachePoints - cachePoints }

    private mutating func add(_ message: Message) throws(GatewayError) {
        switch message.role {
        case .system, .developer:
            for part in message.parts {
                if case .cachePoint(let point) = part {
                    Self.mark(&system, with: point, counting: &cachePoints)
                } else if let text = part.saidText, !text.isEmpty {
                    system.append(["type": "text", "text": .string(text)])
                }
            }
        case .user, .tool: try add(message.parts, as: .user)
        case .assistant: try add(message.parts, as: .assistant)
        }
    }

    private mutating func add(_ parts: [Part], as speaker: ChatRole) throws(GatewayError) {
        if speaker != role {
            close()
            role = speaker
        }
        for part in parts {
            if case .cachePoint(let point) = part {
                Self.mark(&blocks, with: point, counting: &cachePoints)
            } else if let block = try block(of: part, from: speaker) {
                // Results answer the calls before them, and come before any word.
                if block["type"] == "tool_result" {
                    let place = blocks.firstIndex { $0["type"] != "tool_result" } ?? blocks.endIndex
                    blocks.insert(block, at: place)
                } else {
                    blocks.append(block)
                }
            }
        }
    }

    private mutating func close() {
        defer { blocks = [] }
        guard let role, !blocks.isEmpty else { return }
        messages.append(["role": .string(role.rawValue), "content": .array(blocks)])
    }

    /// Marks the last block, as long as there are not too many marks.
    private static func mark(_ blocks: inout [JSON], with point: CachePoint, counting marks: inout Int) {
        guard marks < mostCachePoints, let last = blocks.indices.last, case .object(var block) = blocks[last]
        else {
            return
        }
        marks += 1
        block["cache_control"] = control(point)
        blocks[last] = .object(block)
    }

    static func control(_ point: CachePoint) -> JSON {
        var control: JSONObject = ["type": "ephemeral"]
        control["ttl"] = point.lifetime.map { .string($0) }
        return .object(control)
    }

    private func block(of part: Part, from role: ChatRole) throws(GatewayError) -> JSON? {
        switch part {
        case .text(let text), .refusal(let text):
            // A text without a letter is refused, too.
            return text.allSatisfy(\.isWhitespace) ? nil : ["type": "text", "text": .string(text)]
        case .media(let media): return try block(of: media)
        case .reasoning(let trace): return role == .assistant ? Self.thinking(trace) : nil
        case .toolCall(let call):
            let input = (try? JSON.parse(call.arguments)) ?? [:]
            return [
                "type": "tool_use", "id": .string(Self.identifier(call.id)), "name": .string(call.name),
                "input": input.objectValue == nil ? [:] : input,
            ]
        case .toolResult(let result):
            var block: JSONObject = [
                "type": "tool_result", "tool_use_id": .string(Self.identifier(result.callID)),
                "content": .string(result.text),
            ]
            if result.isError { block["is_error"] = true }
            return .object(block)
        case .cachePoint: return nil
        }
    }

    /// Only Anthropic's own thoughts are taken back, and only with their seal.
    private static func thinking(_ trace: ReasoningTrace) -> JSON? {
        if let redacted = trace.redacted {
            return ["type": "redacted_thinking", "data": .string(redacted)]
        }
        guard let signature = trace.signature, signature.maker == .anthropic else { return nil }
        return [
            "type": "thinking", "thinking": .string(trace.text), "signature": .string(signature.text),
        ]
    }

    /// Letters, digits, `_` and `-`: other vendors' ids may have more.
    private static func identifier(_ id: String) -> String {
        String(id.map { $0.isASCII && ($0.isLetter || $0.isNumber) || $0 == "_" || $0 == "-" ? $0 : "_" })
    }

    private func block(of media: Media) throws(GatewayError) -> JSON {
        let type = MediaSpelling.type(of: media)
        if media.kind == .image || type.hasPrefix("image/") {
            return ["type": "image", "source": try source(of: media, type: type)]
        }
        guard media.kind == .file else { throw unsupported(media, "Sound is not taken.") }
        var block: JSONObject = ["type": "document"]
        if let text = MediaSpelling.text(of: media) {
            block["source"] = ["type": "text", "media_type": "text/plain", "data": .string(text)]
        } else if type == "application/pdf" {
            block["source"] = try source(of: media, type: type)
        } else {
            throw unsupported(media, "Of documents PDF and text are taken.")
        }
        block["title"] = media.fileName.map { .string($0) }
        return .object(block)
    }

    private func source(of media: Media, type: String) throws(GatewayError) -> JSON {
        if case .url(let address) = media.source, media.content == nil {
            return ["type": "url", "url": .string(address)]
        }
        guard let bytes = MediaSpelling.base64(media) else {
            throw unsupported(media, "Its bytes are not here.")
        }
        return ["type": "base64", "media_type": .string(type), "data": bytes]
    }

    private func unsupported(_ media: Media, _ reason: String) -> GatewayError {
        GatewayError(
            .invalidRequest,
            "'\(media.path)' cannot be sent to this model. \(reason)",
            parameter: media.path,
            code: "unsupported_file_type"
        )
    }
}
