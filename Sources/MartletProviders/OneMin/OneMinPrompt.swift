import MartletCore

/// Writes a conversation as the one text that 1min.ai takes.
///
/// A lone user message goes as it is. Otherwise instructions come first, then the turns in order, each with its
/// label; the last user turn is last, where models look for the question.
enum OneMinPrompt {
    static func text(of request: ChatRequest) -> String {
        let wishes = [instruction(forEffort: request.reasoning.effort), instruction(for: request.output)]
            .compactMap { $0 }
        let media = OneMinMedia(in: request)
        if wishes.isEmpty, request.messages.count == 1, let only = request.messages.first, only.role == .user
        {
            // What comes with a single file needs no word about where it belongs.
            let text = media.count == 1 ? only.text : self.text(of: only, media: media)
            return text.isEmpty ? self.text(of: only, media: media) : text
        }
        let instructions = request.messages.filter { $0.role == .system || $0.role == .developer }
        let turns = request.messages.filter { $0.role != .system && $0.role != .developer }
        var blocks: [String] = []
        let rules = instructions.map(\.text).filter { !$0.isEmpty } + wishes
        if !rules.isEmpty { blocks.append("System: " + rules.joined(separator: "\n\n")) }
        let names = toolNames(in: turns)
        blocks += turns.map { block(for: $0, toolNames: names, media: media) }
        return blocks.joined(separator: "\n\n")
    }

    /// The text parts, with a mark where each file belongs.
    private static func text(of message: Message, media: OneMinMedia) -> String {
        message.parts.compactMap { part in
            switch part {
            case .text(let text), .refusal(let text): text
            case .media(let file): media.mark(of: file)
            case .reasoning, .toolCall, .toolResult, .cachePoint: nil
            }
        }.joined(separator: "\n")
    }

    private static func block(
        for message: Message,
        toolNames: [String: String],
        media: OneMinMedia
    ) -> String {
        let speaker = message.name.map { " (\($0))" } ?? ""
        var lines: [String] = []
        let text = text(of: message, media: media)
        if !text.isEmpty { lines.append(text) }
        for part in message.parts {
            switch part {
            case .toolCall(let call):
                lines.append("[calls the tool \(call.name) as \(call.id) with \(call.arguments)]")
            case .toolResult(let result):
                let name = toolNames[result.callID] ?? result.callID
                return "Result of the tool \(name) (\(result.callID)): \(result.told)"
            case .text, .refusal, .media, .reasoning, .cachePoint:
                break
            }
        }
        let label = message.role == .assistant ? "Assistant" : "User"
        return "\(label)\(speaker): " + lines.joined(separator: "\n")
    }

    /// Which tool a result belongs to: the results themselves carry only the call's id.
    private static func toolNames(in turns: [Message]) -> [String: String] {
        var names: [String: String] = [:]
        for case .toolCall(let call) in turns.lazy.flatMap(\.parts) { names[call.id] = call.name }
        return names
    }

    /// 1min.ai has no field for how long a model thinks, so the model is asked for it; `medium` is what it does anyway.
    private static func instruction(forEffort effort: String?) -> String? {
        switch effort {
        case "none", "minimal", "low":
            "Answer at once and concisely, without long deliberation."
        case "high", "xhigh", "max":
            "Before you answer, think it through thoroughly: step by step, and from several sides."
        default:
            nil
        }
    }

    /// 1min.ai has no field for the form of an answer, so the model is asked for it.
    private static func instruction(for output: OutputFormat) -> String? {
        switch output {
        case .text:
            return nil
        case .jsonObject:
            return "Answer with one JSON object and nothing else: no code fence, no comment."
        case .jsonSchema(let wanted):
            let schema = String(decoding: (wanted["schema"] ?? [:]).serialized(), as: UTF8.self)
            return "Answer with one JSON value that fits this JSON schema and nothing else: "
                + "no code fence, no comment.\n\(schema)"
        }
    }
}
