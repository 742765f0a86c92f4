public import MartletCore

extension ResponsesItems {
    /// Writes messages as items with ids of their own, as `GET /v1/responses/{id}/input_items` lists them.
    public static func items(of messages: [Message]) -> [JSON] {
        messages.flatMap { message -> [JSON] in
            let spoken = message.parts.filter { part in
                switch part {
                case .text, .refusal, .media: true
                case .reasoning, .toolCall, .toolResult, .cachePoint: false
                }
            }
            var items: [JSON] = []
            if !spoken.isEmpty { items.append(item(spoken, role: message.role)) }
            for part in message.parts {
                switch part {
                case .toolCall(let call): items.append(item(call, token: RandomText.alphanumeric(32)))
                case .toolResult(let result): items.append(item(result))
                case .text, .refusal, .media, .reasoning, .cachePoint: break
                }
            }
            return items
        }
    }

    /// A call as a complete item.
    static func item(_ call: ToolCall, token: String, status: JSON = "completed") -> JSON {
        [
            "id": .string("fc_" + token), "type": "function_call", "status": status,
            "call_id": .string(call.id), "name": .string(call.name), "arguments": .string(call.arguments),
        ]
    }

    private static func item(_ result: ToolResult) -> JSON {
        [
            "id": .string("fco_" + RandomText.alphanumeric(32)), "type": "function_call_output",
            "status": "completed", "call_id": .string(result.callID), "output": .string(result.text),
        ]
    }

    private static func item(_ parts: [Part], role: ChatRole) -> JSON {
        [
            "id": .string("msg_" + RandomText.alphanumeric(32)), "type": "message", "status": "completed",
            "role": .string(role.rawValue),
            "content": .array(parts.compactMap { role == .assistant ? output($0) : input($0) }),
        ]
    }

    private static func output(_ part: Part) -> JSON? {
        switch part {
        case .text(let text): ["type": "output_text", "text": .string(text), "annotations": []]
        case .refusal(let text): ["type": "refusal", "refusal": .string(text)]
        case .media, .reasoning, .toolCall, .toolResult, .cachePoint: nil
        }
    }

    private static func input(_ part: Part) -> JSON? {
        switch part {
        case .text(let text), .refusal(let text):
            return ["type": "input_text", "text": .string(text)]
        case .media(let media):
            return input(media)
        case .reasoning, .toolCall, .toolResult, .cachePoint:
            return nil
        }
    }

    private static func input(_ media: Media) -> JSON? {
        switch media.kind {
        case .image:
            var item: JSONObject = [
                "type": "input_image",
                "detail": .string(media.detail?.rawValue ?? Media.Detail.auto.rawValue),
            ]
            switch media.source {
            case .base64, .bytes: item["image_url"] = dataURI(media).map { .string($0) }
            case .url(let url): item["image_url"] = .string(url)
            case .file(let id): item["file_id"] = .string(id)
            }
            return .object(item)
        case .file:
            var item: JSONObject = ["type": "input_file"]
            switch media.source {
            case .base64, .bytes: item["file_data"] = dataURI(media).map { .string($0) }
            case .url(let url): item["file_url"] = .string(url)
            case .file(let id): item["file_id"] = .string(id)
            }
            item["filename"] = media.fileName.map { .string($0) }
            return .object(item)
        case .audio:
            guard case .base64(let content) = media.source else { return nil }
            return [
                "type": "input_audio",
                "input_audio": [
                    "data": .string(content.spelling), "format": .string(media.claimedType ?? "wav"),
                ],
            ]
        }
    }

    private static func dataURI(_ media: Media) -> String? {
        guard case .base64(let content) = media.source else { return nil }
        return "data:\(media.claimedType ?? "application/octet-stream");base64,\(content.spelling)"
    }
}
