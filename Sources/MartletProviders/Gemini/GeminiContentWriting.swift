import MartletCore

/// Writes a conversation as `systemInstruction` and `contents`.
struct GeminiContentWriting {
    /// What stands for a seal that is not there, as Google documents it.
    private static let placeholder = "skip_thought_signature_validator"
    private let needsSignatures: Bool
    private var names: [String: String] = [:]
    /// The instructions.
    private(set) var system: [JSON] = []
    /// The turns.
    private(set) var contents: [JSON] = []
    private var role: String?
    private var parts: [JSON] = []

    init(_ request: ChatRequest) throws(GatewayError) {
        needsSignatures = !["gemini-1", "gemini-2"].contains(where: request.model.text.contains)
        for case .toolCall(let call) in request.messages.lazy.flatMap(\.parts) { names[call.id] = call.name }
        for message in request.messages {
            switch message.role {
            case .system, .developer:
                system += message.parts.compactMap(\.saidText).filter { !$0.isEmpty }.map {
                    ["text": .string($0)]
                }
            case .assistant: try add(message.parts, as: "model")
            case .user, .tool: try add(message.parts, as: "user")
            }
        }
        close()
        if contents.isEmpty { contents = [["role": "user", "parts": [["text": "…"]]]] }
    }

    private mutating func add(_ parts: [Part], as speaker: String) throws(GatewayError) {
        if speaker != role {
            close()
            role = speaker
        }
        var hasCall = false
        for part in parts {
            switch part {
            case .text(let text), .refusal(let text):
                if !text.isEmpty { self.parts.append(["text": .string(text)]) }
            case .media(let media): self.parts.append(try self.part(of: media))
            case .toolCall(let call):
                self.parts.append(self.part(of: call, isFirst: !hasCall))
                hasCall = true
            case .toolResult(let result): self.parts.append(self.part(of: result))
            case .reasoning(let trace):
                // Only Google's own thoughts are taken back, and only with their seal.
                guard let signature = trace.signature, signature.maker == .gemini else { continue }
                self.parts.append([
                    "text": .string(trace.text), "thought": true, "thoughtSignature": .string(signature.text),
                ])
            case .cachePoint: break
            }
        }
    }

    private mutating func close() {
        defer { parts = [] }
        guard let role, !parts.isEmpty else { return }
        contents.append(["role": .string(role), "parts": .array(parts)])
    }

    private func part(of call: ToolCall, isFirst: Bool) -> JSON {
        let arguments = (try? JSON.parse(call.arguments)) ?? [:]
        var part: JSONObject = [
            "functionCall": [
                "id": .string(call.id), "name": .string(call.name),
                "args": arguments.objectValue == nil ? [:] : arguments,
            ]
        ]
        if let signature = call.signature, signature.maker == .gemini {
            part["thoughtSignature"] = .string(signature.text)
        } else if isFirst, needsSignatures {
            part["thoughtSignature"] = .string(Self.placeholder)
        }
        return .object(part)
    }

    private func part(of result: ToolResult) -> JSON {
        let answer = (try? JSON.parse(result.text)) ?? .string(result.text)
        let response: JSON =
            if result.isError {
                ["error": .string(result.text)]
            } else {
                answer.objectValue == nil ? ["result": answer] : answer
            }
        return [
            "functionResponse": [
                "id": .string(result.callID), "name": .string(names[result.callID] ?? result.callID),
                "response": response,
            ]
        ]
    }

    private func part(of media: Media) throws(GatewayError) -> JSON {
        if let text = MediaSpelling.text(of: media) { return ["text": .string(text)] }
        let type = JSON.string(MediaSpelling.type(of: media))
        if case .url(let address) = media.source, media.content == nil {
            return ["fileData": ["mimeType": type, "fileUri": .string(address)]]
        }
        guard let bytes = MediaSpelling.base64(media) else {
            throw GatewayError(
                .invalidRequest,
                "'\(media.path)' names a file that this vendor cannot be given.",
                parameter: media.path,
                code: "unsupported_file_type"
            )
        }
        return ["inlineData": ["mimeType": type, "data": bytes]]
    }
}
