public import MartletCore

/// Counts the tokens of a whole chat request, before it is sent.
public enum ChatTokens {
    /// The tokens of all messages and of the schema that the answer must fit, with what the chat format adds.
    public static func count(_ chat: ChatRequest, with counter: any TokenCounter) -> TokenCount {
        let messages = MessageTokens(model: chat.model.text, counter: counter)
        return chat.messages.reduce(MessageTokens.replyPriming + schema(of: chat.output, with: counter)) {
            sum,
            message in
            sum + messages.count(role: message.role.rawValue, texts: texts(of: message), name: message.name)
                + images(of: message, model: chat.model.text)
        }
    }

    /// A vendor without a field for the schema gets it in the prompt; OpenAI counts it as well.
    private static func schema(of output: OutputFormat, with counter: any TokenCounter) -> TokenCount {
        guard case .jsonSchema(let wanted) = output, let schema = wanted["schema"] else { return 0 }
        return counter.count(String(decoding: schema.serialized(), as: UTF8.self))
    }

    /// The pictures' share; documents and sounds are counted by the vendor alone.
    private static func images(of message: Message, model: String) -> TokenCount {
        message.parts.reduce(0) { sum, part in
            guard case .media(let media) = part, media.kind == .image || media.content?.format.isImage == true
            else { return sum }
            return sum + ImageTokens.count(model: model, size: media.content?.size, detail: media.detail)
        }
    }

    private static func texts(of message: Message) -> [String] {
        message.parts.flatMap { part -> [String] in
            switch part {
            case .text(let text), .refusal(let text): [text]
            case .toolCall(let call): [call.name, call.arguments]
            case .toolResult(let result): [result.text]
            case .reasoning(let trace): [trace.text]
            case .media, .cachePoint: []
            }
        }
    }
}
